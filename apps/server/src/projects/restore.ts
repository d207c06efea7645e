import type { ProjectVersion } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import type { Caller } from '../platform/http/caller.ts';
import { findAuthor } from './author.ts';
import { restoreCommit } from './code.ts';
import type { Context } from './context.ts';
import { lockProject, type ProjectRow } from './store.ts';
import { addBuiltVersion } from './versions.ts';
import { findTurn, findVersion } from './versions-store.ts';

const description = {
  en: (number: number) => `Back to version ${number}`,
  cs: (number: number) => `Zpět na verzi ${number}`,
} as const;

/** A project that may be changed by hand now: kept from new turns until the transaction ends. */
export async function lockIdle(context: Context, tx: Tx, tenantId: string, id: string): Promise<ProjectRow> {
  const project = await lockProject(tx, tenantId, id);
  if (!project) throw new DomainError('not_found');
  if (project.status === 'ARCHIVED') throw new DomainError('project_not_active', { status: project.status });
  if (await context.isWorking(tx, id)) throw new DomainError('mara_is_working');
  return project;
}

/** Goes back to a version, as a new version on top of all others. */
export async function restoreVersion(
  context: Context,
  caller: Caller,
  projectId: string,
  number: number,
): Promise<ProjectVersion> {
  const { tenantId } = caller;
  const author = await findAuthor(context.db, caller.userId);
  return context.db.tenant(tenantId, async (tx) => {
    const project = await lockIdle(context, tx, tenantId, projectId);
    const target = await findVersion(tx, tenantId, projectId, number);
    if (!target) throw new DomainError('not_found');
    const message = description[caller.locale](number);
    const restored = await restoreCommit(context, tx, project, { target: target.commit_sha, message, author });
    return addBuiltVersion(context, tx, {
      project,
      ...restored,
      description: message,
      source: 'RESTORE',
      restoredFrom: target,
    });
  });
}

/** Goes back to the version before the one that a turn made. */
export async function undoTurn(context: Context, caller: Caller, turnId: string): Promise<ProjectVersion> {
  const turn = await context.db.tenant(caller.tenantId, (tx) => findTurn(tx, caller.tenantId, turnId));
  if (!turn) throw new DomainError('not_found');
  if (turn.version_number === null || turn.version_number < 2) throw new DomainError('nothing_to_undo');
  return restoreVersion(context, caller, turn.project_id, turn.version_number - 1);
}
