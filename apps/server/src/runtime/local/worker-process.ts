import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inside } from '../inside.ts';
import type { Bind, WorkerProcess, WorkerSpec } from '../runtime.ts';
import type { SandboxedProgram } from './program.ts';
import { type SandboxHost, spawnSandboxed } from './sandbox.ts';
import type { SandboxSpec } from './spec.ts';
import { noteWorker } from './survivors.ts';
import { openWorkerLog } from './worker-log.ts';

const shown = ['package.json', 'apps/worker', 'packages', 'node_modules'];

/** The files by which names are found on the host's network. */
function nameService(): Bind[] {
  return ['/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/hosts']
    .filter((path) => existsSync(path))
    .map((path) => ({ from: path, to: path, mode: 'ro', trusted: true }));
}

/** The sandbox of an agent worker. */
export function workerSandbox(spec: WorkerSpec): SandboxSpec {
  const program = shown.map((path): Bind => {
    return { from: join(spec.repositoryDir, path), to: `${inside.platform}/${path}`, mode: 'ro', trusted: true };
  });
  return {
    kind: 'worker',
    argv: [inside.node, `${inside.platform}/${spec.entry}`],
    cwd: inside.workerHome,
    env: {
      HOME: inside.workerHome,
      TALKIDE_CONTROL_SOCKET: `${inside.controlDir}/control.sock`,
      TALKIDE_WORKSPACE: inside.workspace,
      ...spec.env,
    },
    binds: [
      ...program,
      { from: spec.homeDir, to: inside.workerHome, mode: 'rw' },
      ...spec.workspaces,
      { from: spec.controlDir, to: inside.controlDir, mode: 'ro', trusted: true },
      { from: spec.depsDir, to: inside.deps, mode: 'ro', trusted: true },
      { from: spec.packagesDir, to: inside.packages, mode: 'ro', trusted: true },
      ...(spec.network ? nameService() : []),
      ...(spec.binds ?? []),
    ],
    limits: spec.limits,
    outlives: true,
    ...(spec.network && { network: spec.network }),
  };
}

/** The worker in a sandbox of whatever kind, whose output is in the log. */
export function workerIn(
  sandboxed: SandboxedProgram,
  id: string,
  log: { tail(): string },
  onEnd = () => {},
): WorkerProcess {
  const exited = sandboxed.exited.then((exit) => {
    onEnd();
    return { ...exit, logTail: log.tail() };
  });
  return {
    ...{ id, exited, stats: sandboxed.usage },
    stop(graceMs) {
      if (!sandboxed.signal('SIGTERM')) sandboxed.kill();
      const timer = setTimeout(sandboxed.kill, graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}

/** Starts a worker. Throws `SandboxRefused` when a path of it isn't there or leads elsewhere. */
export async function startWorkerProcess(host: SandboxHost, spec: WorkerSpec, release: string): Promise<WorkerProcess> {
  const log = openWorkerLog(spec.logFile);
  try {
    const sandboxed = spawnSandboxed(host, spec.id, workerSandbox(spec), ['ignore', log.fd, log.fd]);
    const { child, group } = sandboxed;
    const note = { id: spec.id, pid: child.pid ?? 0, group: group?.name ?? null, release };
    try {
      return workerIn(sandboxed, spec.id, log, noteWorker(host.stateDir, note));
    } catch (error) {
      // Nobody would find it again, and another would be started beside it.
      sandboxed.kill();
      throw error;
    }
  } finally {
    log.close();
  }
}
