import { DomainError } from '../errors.ts';
import { appendEvent } from '../platform/events.ts';
import type { Caller } from '../platform/http/caller.ts';
import { environmentOf } from './code.ts';
import type { Context } from './context.ts';
import { requireTransition } from './status.ts';
import { deleteProject, lockProject } from './store.ts';

/** Deletes a project: rows first, then folders; a crash in between leaves folders that the next start sweeps. */
export async function removeProject(context: Context, caller: Caller, id: string): Promise<void> {
  const { tenantId } = caller;
  const { environmentId, afterwards } = await context.db.tenant(tenantId, async (tx) => {
    const row = await lockProject(tx, tenantId, id);
    if (!row) throw new DomainError('not_found');
    requireTransition(row, 'DELETE');
    const done = await context.hooks.deleting(tx, row);
    const environment = await environmentOf(context, tx, row);
    await deleteProject(tx, row);
    await appendEvent(tx, { tenantId, projectId: id }, { type: 'project.deleted', projectId: id });
    return { environmentId: environment, afterwards: done };
  });
  await context.screenshots.remove(id);
  await context.places.discard(context.places.folders({ id, environmentId }));
  await afterwards();
}
