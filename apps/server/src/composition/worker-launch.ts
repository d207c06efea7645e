import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliExecutor } from '../executor/index.ts';
import type { Projects } from '../projects/index.ts';
import type { Runtime, WorkerProcess } from '../runtime/index.ts';

export interface WorkerLaunchOptions {
  runtime: Runtime;
  projects: Pick<Projects, 'treesDir' | 'packagesDirs'>;
  repositoryDir: string;
  home: string;
  depsDir: string;
  controlDir: string;
  cli: CliExecutor | null;
}

/** The worker holds live agent sessions of about 150 MB each and runs builds and tests beside them. */
const LIMITS = { memoryMb: 4096, pids: 1024, fileSizeMb: 512, cpus: 2 };

const workerId = (environmentId: string) => `w${environmentId}`;
/** The environment of a worker. */
export const environmentOf = (id: string): string => id.slice(1);

/** Starts the worker of an environment in its sandbox: its tenant's trees, its own home, the control socket, nothing else. */
export function createWorkerLaunch(options: WorkerLaunchOptions) {
  return async (environmentId: string, token: string): Promise<WorkerProcess> => {
    const trees = options.projects.treesDir(environmentId);
    const packagesDir = options.projects.packagesDirs(environmentId);
    const stateDir = join(options.home, 'environments', environmentId);
    const homeDir = join(stateDir, 'home');
    const logs = join(options.home, 'log', 'workers');
    for (const folder of [trees, packagesDir, homeDir, logs]) await mkdir(folder, { recursive: true });
    const { env, ...own } = (await options.cli?.worker(environmentId, stateDir)) ?? {};
    return options.runtime.startWorker({
      ...own,
      id: workerId(environmentId),
      repositoryDir: options.repositoryDir,
      entry: 'apps/worker/src/main.ts',
      env: { ...env, TALKIDE_WORKER_TOKEN: token },
      limits: LIMITS,
      workspaces: [{ from: trees, to: '/workspace', mode: 'rw' }],
      homeDir,
      controlDir: options.controlDir,
      depsDir: options.depsDir,
      packagesDir,
      logFile: join(logs, `${environmentId}.log`),
    });
  };
}
