import { Id, projectRoutes, type Stack as StackView } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import { bind } from '../platform/http/bind.ts';
import { decodeCursor, toPage } from '../platform/http/cursor.ts';
import { etagOf, requireMatch } from '../platform/http/etag.ts';
import { changeSlug } from './change-slug.ts';
import type { Context } from './context.ts';
import { createProject } from './create.ts';
import { changeStatus } from './lifecycle.ts';
import { removeProject } from './remove.ts';
import { checkSlug } from './slug-check.ts';
import type { Stack } from './stacks/loader.ts';
import { announce, view } from './status.ts';
import { editProject, findOwnProject, listViews } from './store.ts';
import { toProject } from './view.ts';

/** Projects, stacks and slugs. */
export function bindProjectRoutes(app: FastifyInstance, context: Context): void {
  const { db } = context;

  bind(app, projectRoutes.listStacks, async () => ({ items: context.stacks.all.map(toStack) }));

  bind(app, projectRoutes.checkSlug, async ({ query }) =>
    checkSlug(db, {
      ...(query.slug === undefined ? {} : { slug: query.slug }),
      ...(query.name === undefined ? {} : { name: query.name }),
    }),
  );

  bind(app, projectRoutes.listProjects, async ({ caller: { tenantId }, query }) => {
    const after = query.cursor === undefined ? null : readPlace(query.cursor);
    const page = { archived: query.archived, after, limit: query.limit + 1 };
    const rows = await db.tenant(tenantId, (tx) => listViews(tx, tenantId, page));
    return toPage(
      rows,
      query.limit,
      (row) => [row.updated_at.toISOString(), row.id],
      (row) => toProject(row, context),
    );
  });

  bind(app, projectRoutes.createProject, async ({ caller, body, reply }) => {
    const project = await createProject(context, caller, body);
    reply.header('etag', etagOf(project.updatedAt)).header('location', `/api/projects/${project.id}`);
    return project;
  });

  bind(app, projectRoutes.getProject, async ({ caller: { tenantId }, params, reply }) => {
    const project = await db.tenant(tenantId, async (tx) => {
      const own = await findOwnProject(tx, tenantId, params.id);
      return own ? (await view(context, tx, [own.id]))[0] : undefined;
    });
    if (!project) throw new DomainError('not_found');
    reply.header('etag', etagOf(project.updatedAt));
    return project;
  });

  bind(app, projectRoutes.updateProject, async ({ caller: { tenantId }, params, body, request, reply }) => {
    const project = await db.tenant(tenantId, async (tx) => {
      const own = await findOwnProject(tx, tenantId, params.id);
      if (!own) throw new DomainError('not_found');
      requireMatch(request, etagOf(own.updated_at));
      const { name, description, accent } = body;
      const edit = {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(accent === undefined ? {} : { accent }),
      };
      if (Object.keys(edit).length === 0) return (await view(context, tx, [own.id]))[0];
      if (!(await editProject(tx, own, edit))) throw new DomainError('edit_conflict');
      return announce(context, tx, own.id);
    });
    if (!project) throw new DomainError('not_found');
    reply.header('etag', etagOf(project.updatedAt));
    return project;
  });

  bind(app, projectRoutes.changeSlug, ({ caller, params, body }) => changeSlug(context, caller, params.id, body.slug));
  bind(app, projectRoutes.pauseProject, ({ caller, params }) => changeStatus(context, caller, params.id, 'PAUSE'));
  bind(app, projectRoutes.resumeProject, ({ caller, params }) => changeStatus(context, caller, params.id, 'RESUME'));
  bind(app, projectRoutes.archiveProject, ({ caller, params }) => changeStatus(context, caller, params.id, 'ARCHIVE'));
  bind(app, projectRoutes.restoreProject, ({ caller, params }) => changeStatus(context, caller, params.id, 'RESTORE'));
  bind(app, projectRoutes.deleteProject, ({ caller, params }) => removeProject(context, caller, params.id));
}

const toStack = (stack: Stack): StackView => ({
  id: stack.id,
  name: stack.name,
  backendLanguage: stack.backendLanguage,
  backendFramework: stack.backendFramework,
  frontendLanguage: stack.frontendLanguage,
  frontendFramework: stack.frontendFramework,
});

function readPlace(cursor: string): { updatedAt: string; id: string } {
  const [updatedAt = '', id = ''] = decodeCursor(cursor, 2);
  // Also refuses days that no calendar has.
  const known = !Number.isNaN(Date.parse(updatedAt)) && new Date(updatedAt).toISOString() === updatedAt;
  if (!known || !/^(?!0000)\d{4}-/.test(updatedAt) || !Id.safeParse(id).success) {
    throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
  }
  return { updatedAt, id };
}
