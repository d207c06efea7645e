import { join } from 'node:path';
import { DomainError } from '../errors.ts';
import type { AppSpec } from '../runtime/index.ts';
import { dataEnvironment, type ReleaseKind, type RunSpec } from './app-spec.ts';
import type { DataPlane } from './data-plane.ts';
import type { EgressPort, HostedProject, UploadsPort } from './ports.ts';
import { type RunPlaces, runSpec } from './run-spec.ts';

/** Keeps at most one process per release: starts it, stops it when idle. The runtime's supervisor is one. */
export interface AppProcesses {
  /** The Unix socket of the healthy process; starts it when it sleeps. Throws with the log's tail when it does not come up. */
  ensure(id: string, spec: () => Promise<AppSpec>): Promise<string>;
  /** Lets requests under way end, at most `maxMs`, then stops the process. */
  drainAndStop(id: string, maxMs?: number): Promise<void>;
}

export interface LauncherOptions {
  apps: AppProcesses;
  dataPlane: DataPlane;
  places: RunPlaces;
  logsDir: string;
  /** What an owner tells a release at its start. */
  variables(project: HostedProject, kind: ReleaseKind): Promise<Record<string, string>>;
  egress: EgressPort;
  uploads: UploadsPort;
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
  /** Releases that were started here and not ended since, asleep ones too; of one project where that is said. */
  opened(projectId?: string): string[];
}

export const processId = (releaseId: string) => `r${releaseId}`;

export function createLauncher(options: LauncherOptions): Launcher {
  const { apps, dataPlane, places } = options;
  /** Projects by the releases whose sockets are open here. */
  const opened = new Map<string, string>();
  const logFile = (releaseId: string) => join(options.logsDir, `${releaseId}.log`);

  async function specOf({ project, stack, release }: RunSpec): Promise<AppSpec> {
    // Whoever ends a release marks it first and stops the process then: a start that passes here is seen by that stop.
    if (!(await options.mayRun(release.id))) throw new DomainError('not_found');
    opened.set(release.id, project.id);
    const { kind } = release;
    const app = { tenantId: project.tenant_id, slug: project.data_slug };
    const id = processId(release.id);
    const owner = { tenantId: project.tenant_id, projectId: project.id, kind };
    const [databaseUrl, variables, egressDir, uploadsDir] = await Promise.all([
      dataPlane.ensure(app, dataEnvironment(kind)),
      options.variables(project, kind),
      options.egress.openForApp(id, owner),
      options.uploads.open(id, owner),
    ]);
    return runSpec(places, {
      ...{ project, stack, kind },
      ...{ id, databaseUrl, variables, egressDir, uploadsDir },
      artefactDigest: release.artefact_digest,
      logFile: logFile(release.id),
    });
  }

  async function end(releaseId: string, maxMs?: number): Promise<void> {
    await apps.drainAndStop(processId(releaseId), maxMs);
    await options.egress.closeFor(processId(releaseId));
    await options.uploads.close(processId(releaseId));
    opened.delete(releaseId);
  }

  return {
    logFile,
    drain: (releaseId) => end(releaseId),
    stop: (releaseId) => end(releaseId, 0),
    opened: (projectId) =>
      [...opened].flatMap(([release, project]) => (projectId === undefined || project === projectId ? [release] : [])),
    start: (run) => apps.ensure(processId(run.release.id), () => specOf(run)),
  };
}
