import { access, constants, mkdir, readFile, realpath } from 'node:fs/promises';
import { RuntimeUnavailable } from '../errors.ts';
import type { Runtime, RuntimeStatus, WorkerProcess } from '../runtime.ts';
import { unavailableBy, unavailableRuntime } from '../unavailable.ts';
import { startAppProcess } from './app-process.ts';
import { runCanaries, withLoopbackPort } from './canaries.ts';
import { removeParent } from './cgroup-group.ts';
import { type Cgroups, findCgroups } from './cgroups.ts';
import { highestInheritedFd } from './inherited-fds.ts';
import { runJob } from './jobs.ts';
import { canNest } from './launcher.ts';
import { readRootLayout } from './root-layout.ts';
import { type SandboxHost, spawner } from './sandbox.ts';
import { createSpares, type Spares } from './spares.ts';
import { adopt, findSurvivors } from './survivors.ts';
import { startWorkerProcess } from './worker-process.ts';

export type LocalRuntimeOptions = {
  /** Names this home's cgroups, so that what a killed platform left is found again; letters, digits, hyphens. */
  homeId: string;
  /** A folder of the platform's own that no sandbox is shown. */
  stateDir: string;
  /** A file the canaries must not be able to read. */
  secretFile: string;
  bwrap: string;
  /** The Node binary sandboxes get, usually process.execPath. */
  node: string;
  arch: string;
  /** A worker of an earlier platform is kept when that was started with the same. */
  workerRelease?: string;
  /** Sandboxes started ahead of applications, and the folder of the applications' sockets; none by default. */
  spares?: { count: number; socketsDir: string };
  /** Workers may be given the host's network, so their sandbox is tried with it too. */
  hostNetwork?: boolean;
};

async function cgroupsOf(homeId: string): Promise<Cgroups | null> {
  const [mountinfo, own] = await Promise.all([
    readFile('/proc/self/mountinfo', 'utf8'),
    readFile('/proc/self/cgroup', 'utf8').catch(() => ''),
  ]);
  return findCgroups(homeId, mountinfo, own);
}

async function makeHost(options: LocalRuntimeOptions): Promise<SandboxHost> {
  const { bwrap, node, arch } = options;
  if (arch !== 'x64' && arch !== 'arm64') {
    throw new RuntimeUnavailable(`Sandboxes need an x64 or arm64 machine, this is ${arch}.`, 'Use another machine.');
  }
  await access(bwrap, constants.X_OK).catch(() => {
    throw new RuntimeUnavailable(
      `bubblewrap, the sandbox tool, is not at ${bwrap}.`,
      'Install it (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap) and start again.',
    );
  });
  await mkdir(options.stateDir, { recursive: true });
  const stateDir = await realpath(options.stateDir);
  const cgroups = await cgroupsOf(options.homeId);
  const layout = await readRootLayout({ bwrap, node, stateDir, arch });
  return { layout, cgroups, stateDir, nests: canNest(), highestInheritedFd: highestInheritedFd(), live: new Set() };
}

async function closeHost(host: SandboxHost, keepWorkers = false): Promise<void> {
  const all = [...host.live].filter(({ outlives }) => !(keepWorkers && outlives));
  for (const sandboxed of all) sandboxed.kill();
  await Promise.all(all.map((sandboxed) => sandboxed.exited));
  if (host.cgroups) await removeParent(host.cgroups);
}

function runtimeOn(
  host: SandboxHost,
  status: RuntimeStatus,
  { release, survivors, spares }: { release: string; survivors: readonly WorkerProcess[]; spares: Spares },
): Runtime {
  return {
    status,
    paths: 'inside',
    survivors,
    run: (job) => runJob(spawner(host), job),
    startApp: (spec) => startAppProcess(spawner(host), spec, spares),
    startWorker: (spec) => startWorkerProcess(host, spec, release),
    close: ({ keepWorkers } = { keepWorkers: false }) => {
      spares.close();
      return closeHost(host, keepWorkers);
    },
  };
}

/** Ends everything that the runtime of a dead process left, its workers too. */
export async function endLeftovers({
  homeId,
  stateDir,
}: Pick<LocalRuntimeOptions, 'homeId' | 'stateDir'>): Promise<void> {
  const cgroups = await cgroupsOf(homeId);
  await findSurvivors(stateDir, cgroups, null);
  if (cgroups) await removeParent(cgroups);
}

/**
 * Makes the runtime of one machine: ends what an earlier, killed platform of this home left, but for its workers, then lets
 * canaries try to escape. Never throws for a machine that can't sandbox: that runtime is `unavailable` and refuses everything.
 */
export async function createLocalRuntime(options: LocalRuntimeOptions): Promise<Runtime> {
  try {
    const host = await makeHost(options);
    const { secretFile, hostNetwork = false, workerRelease: release = '' } = options;
    const survivors = (await findSurvivors(host.stateDir, host.cgroups, release)).map((note) => adopt(host, note));
    const status = await withLoopbackPort((hostPort) => runCanaries(host, { secretFile, hostPort }, hostNetwork));
    if (status.status === 'available') {
      const { count, socketsDir } = options.spares ?? { count: 0, socketsDir: host.stateDir };
      const spares = createSpares(host, { stateDir: host.stateDir, socketsDir }, count);
      return runtimeOn(host, status, { release, survivors, spares });
    }
    await closeHost(host);
    return unavailableRuntime(status);
  } catch (error) {
    return unavailableRuntime(unavailableBy(error));
  }
}
