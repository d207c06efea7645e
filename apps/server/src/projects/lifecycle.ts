import type { Project } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Caller } from '../platform/http/caller.ts';
import type { Context } from './context.ts';
import { setStatus, view } from './status.ts';
import { findOwnProject } from './store.ts';

/** Pauses, resumes, archives or restores a project. */
export async function changeStatus(
  context: Context,
  caller: Caller,
  id: string,
  event: 'PAUSE' | 'RESUME' | 'ARCHIVE' | 'RESTORE',
): Promise<Project> {
  const { tenantId } = caller;
  const project = await context.db.tenant(tenantId, async (tx) => {
    if (!(await findOwnProject(tx, tenantId, id))) throw new DomainError('not_found');
    await setStatus(context, tx, id, event);
    await context.hooks.addressesChanged(tx, id);
    return (await view(context, tx, [id]))[0];
  });
  if (!project) throw new DomainError('not_found');
  return project;
}
