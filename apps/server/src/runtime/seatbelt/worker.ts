import { openWorkerLog } from '../local/worker-log.ts';
import { workerSandbox } from '../local/worker-process.ts';
import type { WorkerProcess, WorkerSpec } from '../runtime.ts';
import { type SeatbeltHost, spawnSeatbelt } from './sandbox.ts';

/** Starts a worker. Rejects with `SandboxRefused` when a path of it isn't there or leads elsewhere. */
export async function startSeatbeltWorker(host: SeatbeltHost, spec: WorkerSpec): Promise<WorkerProcess> {
  const log = openWorkerLog(spec.logFile);
  try {
    const sandboxed = await spawnSeatbelt(host, spec.id, workerSandbox(spec), ['ignore', log.fd, log.fd]);
    const exited = sandboxed.exited.then((exit) => ({ ...exit, logTail: log.tail() }));
    return {
      ...{ id: spec.id, exited, stats: sandboxed.usage },
      stop(graceMs) {
        if (!sandboxed.signal('SIGTERM')) sandboxed.kill();
        const timer = setTimeout(sandboxed.kill, graceMs);
        return exited.finally(() => clearTimeout(timer));
      },
    };
  } finally {
    log.close();
  }
}
