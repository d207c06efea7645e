import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../errors.ts';
import type { AppSpec } from '../runtime/index.ts';
import { type Addresses, APP_LIMITS, appEnvironment, dataEnvironment, type RunSpec } from './app-spec.ts';
import type { ArtefactStore } from './artefacts.ts';
import type { DataPlane } from './data-plane.ts';

/** Keeps at most one process per release: starts it, stops it when idle. The runtime's supervisor is one. */
export interface AppProcesses {
  /** The Unix socket of the healthy process; starts it when it sleeps. Throws with the log's tail when it does not come up. */
  ensure(id: string, spec: () => Promise<AppSpec>): Promise<string>;
  /** Lets requests under way end, at most `maxMs`, then stops the process. */
  drainAndStop(id: string, maxMs?: number): Promise<void>;
}

export interface LauncherOptions {
  apps: AppProcesses;
  artefacts: ArtefactStore;
  dataPlane: DataPlane;
  addresses: Addresses;
  /** One folder a process, short: a socket path has at most 107 bytes. */
  socketsDir: string;
  logsDir: string;
  /** `<project>/<artefact>/`: where Node keeps its compiled code from one start to the next. */
  cachesDir: string;
  postgresSocketDir: string | undefined;
  /** Asked right before a start: whether the release is still one that may have a process. */
  mayRun(releaseId: string): Promise<boolean>;
}

export interface Launcher {
  start(run: RunSpec): Promise<string>;
  /** Lets requests under way end, then stops the process. */
  drain(releaseId: string): Promise<void>;
  /** Stops the process now. */
  stop(releaseId: string): Promise<void>;
  logFile(releaseId: string): string;
}

const START_TIMEOUT_MS = 15_000;
export const processId = (releaseId: string) => `r${releaseId}`;

export function createLauncher(options: LauncherOptions): Launcher {
  const { apps, addresses, artefacts } = options;
  const logFile = (releaseId: string) => join(options.logsDir, `${releaseId}.log`);

  async function specOf({ project, stack, release }: RunSpec): Promise<AppSpec> {
    // Whoever ends a release marks it first and stops the process then: a start that passes here is seen by that stop.
    if (!(await options.mayRun(release.id))) throw new DomainError('not_found');
    const id = processId(release.id);
    const artefactDir = artefacts.path(release.artefact_digest);
    const cacheDir = join(options.cachesDir, project.id, artefacts.name(release.artefact_digest));
    const app = { tenantId: project.tenant_id, slug: project.slug };
    const [databaseUrl] = await Promise.all([
      options.dataPlane.ensure(app, dataEnvironment(release.kind)),
      mkdir(cacheDir, { recursive: true }),
    ]);
    const url =
      release.kind === 'PREVIEW' ? addresses.preview(project.preview_uuid) : addresses.published(project.slug);
    return {
      id,
      artefactDir,
      argv: stack.commands.run,
      env: appEnvironment({ project, kind: release.kind, databaseUrl, url }),
      limits: APP_LIMITS,
      socketDir: join(options.socketsDir, id),
      logFile: logFile(release.id),
      cacheDir,
      ...(options.postgresSocketDir ? { postgresSocketDir: options.postgresSocketDir } : {}),
      healthPath: stack.healthPath,
      startTimeoutMs: START_TIMEOUT_MS,
    };
  }

  return {
    logFile,
    drain: (releaseId) => apps.drainAndStop(processId(releaseId)),
    stop: (releaseId) => apps.drainAndStop(processId(releaseId), 0),
    start: (run) => apps.ensure(processId(run.release.id), () => specOf(run)),
  };
}
