import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inside } from '../inside.ts';
import type { Bind, WorkerProcess, WorkerSpec } from '../runtime.ts';
import { startProcess } from './process.ts';
import type { SandboxHost } from './sandbox.ts';
import type { SandboxSpec } from './spec.ts';

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
    env: { HOME: inside.workerHome, ...spec.env },
    binds: [
      ...program,
      { from: spec.homeDir, to: inside.workerHome, mode: 'rw' },
      ...spec.workspaces,
      { from: spec.controlSocket, to: inside.control, mode: 'ro', trusted: true },
      { from: spec.depsDir, to: inside.deps, mode: 'ro', trusted: true },
      ...(spec.network ? nameService() : []),
      ...(spec.binds ?? []),
    ],
    limits: spec.limits,
    ...(spec.network && { network: spec.network }),
  };
}

/** Starts a worker. Throws `SandboxRefused` when a path of it isn't there or leads elsewhere. */
export async function startWorkerProcess(host: SandboxHost, spec: WorkerSpec): Promise<WorkerProcess> {
  return startProcess(host, spec.id, workerSandbox(spec), spec.logFile);
}
