import { type ProjectVersion, VersionSettings } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import type { Caller } from '../platform/http/caller.ts';
import { findAuthor } from './author.ts';
import { restoreCommit } from './code.ts';
import type { Context } from './context.ts';
import { editProject, lockProject, type ProjectRow } from './store.ts';
import { addBuiltVersion } from './versions.ts';
import { dropUnbuiltData, findTurn, findVersion, keptCheckpoint, type ProjectVersionRow } from './versions-store.ts';

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
  { withData = false }: { withData?: boolean | undefined } = {},
): Promise<ProjectVersion> {
  const { tenantId } = caller;
  if (withData && !(await context.hooks.canKeepData())) throw new DomainError('checkpoints_unavailable');
  const author = await findAuthor(context.db, caller.userId);
  return context.db.tenant(tenantId, async (tx) => {
    const found = await lockIdle(context, tx, tenantId, projectId);
    const target = await findVersion(tx, tenantId, projectId, number);
    if (!target) throw new DomainError('not_found');
    const dataCheckpointId = withData ? await keptCheckpoint(tx, target) : null;
    if (withData && dataCheckpointId === null) throw new DomainError('data_not_kept');
    const project = withData ? await bringSettingsBack(tx, found, target) : found;
    const message = description[caller.locale](number);
    const restored = await restoreCommit(context, tx, project, { target: target.commit_sha, message, author });
    await dropUnbuiltData(tx, tenantId, projectId);
    const version = await addBuiltVersion(context, tx, {
      project,
      ...restored,
      description: message,
      source: 'RESTORE',
      restoredFrom: target,
      dataCheckpointId,
    });
    await context.hooks.restored(tx, { tenantId, projectId, locale: caller.locale, version });
    return version;
  });
}

/** Name, description and accent as they were. Variables stay: their values are not kept with versions. */
async function bringSettingsBack(tx: Tx, project: ProjectRow, target: ProjectVersionRow): Promise<ProjectRow> {
  const settings = VersionSettings.safeParse(target.settings).data;
  if (!settings) return project;
  const { name, description, accent } = settings;
  const edited = await editProject(tx, project, { name, description, accent });
  if (!edited) throw new Error('a project that is locked was changed');
  return edited;
}

/** Goes back to the version before the one that a turn made. */
export async function undoTurn(
  context: Context,
  caller: Caller,
  turnId: string,
  options: { withData?: boolean | undefined } = {},
): Promise<ProjectVersion> {
  const turn = await context.db.tenant(caller.tenantId, (tx) => findTurn(tx, caller.tenantId, turnId));
  if (!turn) throw new DomainError('not_found');
  if (turn.version_number === null || turn.version_number < 2) throw new DomainError('nothing_to_undo');
  return restoreVersion(context, caller, turn.project_id, turn.version_number - 1, options);
}
