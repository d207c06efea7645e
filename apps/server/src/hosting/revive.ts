import { join } from 'node:path';
import type { Database } from '../platform/db/index.ts';
import { type CompileOptions, compile } from './compile.ts';
import type { HostedProject, HostedStack, ProjectsPort } from './ports.ts';
import { commitOf } from './publish-store.ts';
import type { ReleaseRow } from './releases.ts';

export interface ReviveOptions {
  db: Database;
  compile: CompileOptions;
  projects: ProjectsPort;
  logsDir: string;
}

/** Builds an old version's artefact again when it was collected: what is published is the very same bytes, or nothing. */
export function createRevive({ db, compile: options, projects, logsDir }: ReviveOptions) {
  return async (
    release: ReleaseRow,
    project: HostedProject,
    stack: HostedStack,
    signal: AbortSignal,
  ): Promise<void> => {
    if (await options.artefacts.use(release.artefact_digest)) return;
    const commit = await db.system((tx) => commitOf(tx, release.version_id));
    const result = await compile(options, {
      id: `release-${release.id}`,
      ...{ stack, project },
      checkout: (target) => projects.checkoutCommit(project, commit ?? '', target),
      logFile: join(logsDir, `release-${release.id}.log`),
      onOutput: () => {},
      signal,
    });
    signal.throwIfAborted();
    if (result.ok && result.artefactDigest === release.artefact_digest) return;
    throw new Error(
      'This version is too old to be published as it was. Restore it, then publish the restored version.',
    );
  };
}
