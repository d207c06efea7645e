import { Accent, type ProjectVersion, VersionSettings } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import { appendEvent } from '../platform/events.ts';
import type { Context } from './context.ts';
import type { FileChange } from './git/parse.ts';
import { announce, move } from './status.ts';
import { findProject, type ProjectRow } from './store.ts';
import {
  findVersion,
  insertVersion,
  type ProjectVersionRow,
  readVersionViews,
  rollBackAbove,
  type VersionViewRow,
  variableNames,
} from './versions-store.ts';

/** A turn that rewrote everything is told by its first files; the diff has them all. */
const FILES_KEPT = 1000;

export interface VersionToAdd {
  project: Pick<ProjectRow, 'id' | 'tenant_id'>;
  commit: string;
  tree: string;
  description: string;
  source: ProjectVersionRow['source'];
  turnId?: string | null;
  restoredFrom?: ProjectVersionRow | null;
  dataCheckpointId?: string | null;
  files: readonly FileChange[];
}

/** The next version of a project. Locks the project, moves its status, tells the feed. */
export async function addVersion(context: Context, tx: Tx, added: VersionToAdd): Promise<ProjectVersion> {
  const { id: projectId, tenant_id: tenantId } = added.project;
  const project = await findProject(tx, projectId, 'lock');
  if (!project) throw new DomainError('not_found');
  const last = await findVersion(tx, tenantId, projectId);
  const { id: versionId, version_number: number } = await insertVersion(tx, {
    tenantId,
    projectId,
    number: (last?.version_number ?? 0) + 1,
    commit: added.commit,
    tree: added.tree,
    description: added.description,
    source: added.source,
    turnId: added.turnId ?? null,
    restoredFromId: added.restoredFrom?.id ?? null,
    dataCheckpointId: added.dataCheckpointId ?? null,
    settings: await settingsOf(tx, project),
    files: added.files.slice(0, FILES_KEPT),
  });
  const left = added.restoredFrom
    ? await rollBackAbove(tx, tenantId, projectId, added.restoredFrom.version_number, number)
    : [];
  if (last) await move(context, tx, project, 'CHANGED');
  const views = (await readVersionViews(tx, tenantId, [...left, versionId])).map(toVersion);
  for (const version of views) {
    const type = version.id === versionId ? 'version.created' : 'version.updated';
    await appendEvent(tx, { tenantId, projectId }, { type, version });
  }
  await announce(context, tx, projectId);
  const version = views.find((one) => one.id === versionId);
  if (!version) throw new Error(`version ${versionId} is not there`);
  return version;
}

/** Adds a version that nobody is waiting for a turn to make, and asks for its build. */
export async function addBuiltVersion(context: Context, tx: Tx, added: VersionToAdd): Promise<ProjectVersion> {
  const version = await addVersion(context, tx, added);
  await context.hooks.requestBuild(tx, {
    tenantId: added.project.tenant_id,
    projectId: version.projectId,
    versionId: version.id,
    commit: version.commit,
    turnId: null,
  });
  return version;
}

/** A version as the API shows it; null when there is none. */
export async function versionView(tx: Tx, tenantId: string, versionId: string): Promise<ProjectVersion | null> {
  const [row] = await readVersionViews(tx, tenantId, [versionId]);
  return row ? toVersion(row) : null;
}

const settingsOf = async (tx: Tx, { id, tenant_id: tenantId, name, description, accent }: ProjectRow) => ({
  ...{ name, description, accent: Accent.parse(accent) },
  variables: await variableNames(tx, tenantId, id),
});

function toCheckpoint({ checkpoint_status: status, checkpoint_bytes: bytes, checkpoint_at: at }: VersionViewRow) {
  return status && at ? { status, bytes: Number(bytes), createdAt: at.toISOString() } : null;
}

export function toVersion(row: VersionViewRow): ProjectVersion {
  return {
    id: row.id,
    projectId: row.project_id,
    versionNumber: row.version_number,
    description: row.description,
    status: row.status,
    source: row.source,
    commit: row.commit_sha,
    turnId: row.turn_id,
    conversationId: row.conversation_id,
    restoredFrom: row.restored_from,
    checkpoint: toCheckpoint(row),
    dataStatus: row.data_status,
    settings: VersionSettings.safeParse(row.settings).data ?? null,
    filesChanged: row.files_count,
    current: row.current,
    published: row.published,
    createdAt: row.created_at.toISOString(),
    appliedAt: row.applied_at?.toISOString() ?? null,
  };
}
