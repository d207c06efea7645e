import type { Project } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import { brokenRule } from '../platform/db/index.ts';
import type { Caller } from '../platform/http/caller.ts';
import type { Context } from './context.ts';
import { requireFreeSlug, suggestSlug } from './slug-check.ts';
import { rememberSlug } from './slug-store.ts';
import { announce, view } from './status.ts';
import { findOwnProject, lockProject } from './store.ts';

/** Gives a project another address. Its data stays where it is, and the old address leads to the new one. */
export async function changeSlug(context: Context, caller: Caller, id: string, asked: string): Promise<Project> {
  const { db, hooks } = context;
  const { tenantId } = caller;
  const own = await db.tenant(tenantId, (tx) => findOwnProject(tx, tenantId, id));
  if (!own) throw new DomainError('not_found');
  const slug = asked.trim().toLowerCase() === own.slug ? own.slug : await requireFreeSlug(db, asked, id);
  try {
    const { project, changed } = await db.tenant(tenantId, (tx) => change(context, tx, { tenantId, id, slug }));
    // What it is told of its address at the start is another now.
    if (changed) await hooks.renamed({ tenantId, projectId: id });
    return project;
  } catch (error) {
    if (brokenRule(error)?.constraint !== 'project_slug_key') throw error;
    throw new DomainError('slug_taken', { slug, suggestion: await suggestSlug(db, slug) });
  }
}

async function change(
  context: Context,
  tx: Tx,
  { tenantId, id, slug }: { tenantId: string; id: string; slug: string },
): Promise<{ project: Project; changed: boolean }> {
  const before = await lockProject(tx, tenantId, id);
  const changed = before !== null && before.slug !== slug;
  if (changed) {
    await tx
      .updateTable('project')
      .set({ slug, url: before.url === null ? null : context.addresses.published(slug) })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute();
    await rememberSlug(tx, before, { before: before.slug, after: slug });
    await context.hooks.addressesChanged(tx, id);
  }
  const project = changed ? await announce(context, tx, id) : (await view(context, tx, [id]))[0];
  if (!project) throw new DomainError('not_found');
  return { project, changed };
}
