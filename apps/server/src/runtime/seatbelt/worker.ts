import { openWorkerLog } from '../local/worker-log.ts';
import { workerIn, workerSandbox } from '../local/worker-process.ts';
import type { WorkerProcess, WorkerSpec } from '../runtime.ts';
import { type SeatbeltHost, spawnSeatbelt } from './sandbox.ts';

/** Starts a worker. Rejects with `SandboxRefused` when a path of it isn't there or leads elsewhere. */
export async function startSeatbeltWorker(host: SeatbeltHost, spec: WorkerSpec): Promise<WorkerProcess> {
  const log = openWorkerLog(spec.logFile);
  try {
    const sandboxed = await spawnSeatbelt(host, spec.id, workerSandbox(spec), ['ignore', log.fd, log.fd]);
    return workerIn(sandboxed, spec.id, log);
  } finally {
    log.close();
  }
}
