import type { Project } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import { appendEvent } from '../platform/events.ts';
import type { Context } from './context.ts';
import { findProject, moveProject, type ProjectRow, readViews } from './store.ts';
import { type ProjectEvent, type ProjectState, transition } from './transitions.ts';
import { toProject } from './view.ts';

const stateOf = (project: ProjectRow): ProjectState => ({
  status: project.status,
  previous: project.previous_status,
  published: project.url !== null,
});

/** Refuses an event that the project's status does not allow, naming what it does allow. */
export function requireTransition(project: ProjectRow, event: ProjectEvent): void {
  const outcome = transition(stateOf(project), event);
  if (outcome.kind !== 'refused') return;
  const { from, to, allowed } = outcome;
  throw new DomainError('transition_refused', { from, to, allowed });
}

/** Moves a project on; throws `transition_refused` when its status does not allow it. Tells the feed. */
export async function setStatus(
  context: Context,
  tx: Tx,
  projectId: string,
  event: Exclude<ProjectEvent, 'DELETE'>,
): Promise<ProjectRow> {
  const project = await findProject(tx, projectId, 'lock');
  if (!project) throw new DomainError('not_found');
  requireTransition(project, event);
  const moved = await move(context, tx, project, event);
  if (moved) await announce(context, tx, projectId);
  return moved ?? project;
}

/** Moves a project on if its status allows it; an event that does not apply now changes nothing. Tells the feed. */
export async function applyStatus(
  context: Context,
  tx: Tx,
  projectId: string,
  event: Exclude<ProjectEvent, 'DELETE'>,
): Promise<void> {
  const project = await findProject(tx, projectId, 'lock');
  const moved = project && (await move(context, tx, project, event));
  if (moved) await announce(context, tx, projectId);
}

/** Moves a locked project without telling anyone; null when nothing changed. */
export async function move(
  context: Context,
  tx: Tx,
  project: ProjectRow,
  event: ProjectEvent,
): Promise<ProjectRow | null> {
  const outcome = transition(stateOf(project), event);
  if (outcome.kind !== 'moved') return null;
  // What was published may be older than the newest version: then there are unpublished changes at once.
  const behind = event === 'PUBLISHED' && (await isBehind(tx, project.id));
  const changed = behind ? transition(outcome.state, 'CHANGED') : outcome;
  const { state } = changed.kind === 'moved' ? changed : outcome;
  const url = state.published ? (project.url ?? context.addresses.published(project.slug)) : null;
  if (state.status === project.status && state.previous === project.previous_status && url === project.url) return null;
  return moveProject(tx, project, state, url);
}

async function isBehind(tx: Tx, projectId: string): Promise<boolean> {
  const [row] = await readViews(tx, [projectId]);
  return row?.published_version != null && row.published_version < (row.current_version ?? 0);
}

/** Projects as the API shows them, in the order of the ids; those that are not there are left out. */
export async function view(context: Context, tx: Tx, ids: readonly string[]): Promise<Project[]> {
  const rows = await readViews(tx, ids);
  return ids.flatMap((id) => rows.filter((row) => row.id === id).map((row) => toProject(row, context)));
}

/** Tells the feed how a project looks now; null when it is gone. */
export async function announce(context: Context, tx: Tx, projectId: string): Promise<Project | null> {
  const [row] = await readViews(tx, [projectId]);
  if (!row) return null;
  const project = toProject(row, context);
  await appendEvent(tx, { tenantId: row.tenant_id, projectId }, { type: 'project.updated', project });
  return project;
}
