import { constants } from 'node:fs';
import { access, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RuntimeUnavailable } from '../errors.ts';
import { startAppProcess } from '../local/app-process.ts';
import { withLoopbackPort } from '../local/canaries.ts';
import { runJob, type Spawn } from '../local/jobs.ts';
import type { Runtime, RuntimeStatus, WorkerProcess } from '../runtime.ts';
import { unavailableBy, unavailableRuntime } from '../unavailable.ts';
import { type CanaryTargets, runCanaries } from './canaries.ts';
import { createFamilies } from './families.ts';
import { type SeatbeltHost, spawnSeatbelt } from './sandbox.ts';
import { takeOver } from './survivors.ts';
import { systemPath } from './system-folders.ts';
import { startSeatbeltWorker } from './worker.ts';

export type SeatbeltOptions = {
  /** A folder of the platform's own that no sandbox is shown. */
  stateDir: string;
  /** A short folder for temporary files of sandboxes, one below it for each; without spaces. */
  tempRoot: string;
  /** A file the canaries must not be able to read. */
  secretFile: string;
  /** The Node binary sandboxes get, usually process.execPath. */
  node: string;
  /** A worker of an earlier platform is kept when that was started with the same. */
  workerRelease?: string;
  /** Workers may be given the host's network, so their sandbox is tried with it too. */
  hostNetwork?: boolean;
};

/** What only tests put in other places: neither is told by any configuration. */
export type SeatbeltParts = {
  sandboxExec: string;
  judge(spawn: Spawn, targets: CanaryTargets, hostNetwork: boolean): Promise<RuntimeStatus>;
};

const ofTheSystem: SeatbeltParts = { sandboxExec: '/usr/bin/sandbox-exec', judge: runCanaries };

async function makeHost(options: SeatbeltOptions, { sandboxExec }: SeatbeltParts): Promise<SeatbeltHost> {
  await access(sandboxExec, constants.X_OK).catch(() => {
    throw new RuntimeUnavailable(
      `Seatbelt, the sandbox of macOS, is not at ${sandboxExec}.`,
      'It is a part of macOS: run the platform on a macOS that has it, or on Linux.',
    );
  });
  for (const folder of [join(options.stateDir, 'nothing'), options.tempRoot]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const [stateDir, tempRoot, node] = await Promise.all([
    realpath(options.stateDir),
    realpath(options.tempRoot),
    realpath(options.node),
  ]);
  const release = options.workerRelease ?? '';
  return {
    ...{ sandboxExec, node, stateDir, tempRoot, release },
    ...{ path: systemPath(), families: createFamilies(), live: new Set() },
  };
}

async function closeHost({ live }: SeatbeltHost, keepWorkers = false): Promise<void> {
  const all = [...live].filter(({ outlives }) => !(keepWorkers && outlives));
  for (const one of all) one.kill();
  await Promise.all(all.map(({ exited }) => exited));
}

function runtimeOn(
  host: SeatbeltHost,
  spawn: Spawn,
  status: RuntimeStatus,
  survivors: readonly WorkerProcess[],
): Runtime {
  return {
    ...{ status, survivors, paths: 'host' },
    run: (job) => runJob(spawn, job),
    startApp: (spec) => startAppProcess(spawn, spec),
    startWorker: (spec) => startSeatbeltWorker(host, spec),
    close: ({ keepWorkers } = { keepWorkers: false }) => closeHost(host, keepWorkers),
  };
}

/**
 * Makes the runtime of a Mac, of development grade: ends what an earlier, killed platform left, but for its workers, then
 * lets canaries try to escape. Never throws for a machine that can't sandbox: that runtime is `unavailable`.
 */
export async function createSeatbeltRuntime(options: SeatbeltOptions, parts = ofTheSystem): Promise<Runtime> {
  try {
    const host = await makeHost(options, parts);
    const survivors = await takeOver(host);
    const spawn: Spawn = (...started) => spawnSeatbelt(host, ...started);
    const { hostNetwork = false } = options;
    // It need not be there.
    const secretFile = join(await realpath(dirname(options.secretFile)), basename(options.secretFile));
    const status = await withLoopbackPort((hostPort) =>
      parts.judge(spawn, { secretFile, hostPort, stateDir: host.stateDir }, hostNetwork),
    );
    if (status.status === 'available') return runtimeOn(host, spawn, status, survivors);
    await closeHost(host);
    return unavailableRuntime(status);
  } catch (error) {
    return unavailableRuntime(unavailableBy(error));
  }
}
