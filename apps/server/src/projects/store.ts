import { sql } from 'kysely';
import type { ProjectRow, Tx } from '../platform/db/index.ts';
import type { ProjectState } from './transitions.ts';

export type { ProjectRow } from '../platform/db/index.ts';

/** A project with what its view shows besides its own columns. */
const viewQuery = (tx: Tx) =>
  tx
    .selectFrom('project')
    .selectAll('project')
    .select((expression) => [
      expression
        .selectFrom('project_version')
        .select((of) => of.fn.max('version_number').as('n'))
        .whereRef('project_version.project_id', '=', 'project.id')
        .whereRef('project_version.tenant_id', '=', 'project.tenant_id')
        .as('current_version'),
      expression
        .selectFrom('release')
        .innerJoin('project_version', 'project_version.id', 'release.version_id')
        .select('project_version.version_number')
        .whereRef('release.project_id', '=', 'project.id')
        .whereRef('release.tenant_id', '=', 'project.tenant_id')
        .where('release.kind', '=', 'PUBLISHED')
        .where('release.status', '=', 'ACTIVE')
        .as('published_version'),
      sql<boolean>`exists (
        select from turn
        where turn.project_id = project.id and turn.tenant_id = project.tenant_id
          and turn.status in ('QUEUED', 'RUNNING'))`.as('working'),
    ]);

export type ProjectViewRow = Awaited<ReturnType<ReturnType<typeof viewQuery>['executeTakeFirstOrThrow']>>;

export async function readViews(tx: Tx, ids: readonly string[]): Promise<ProjectViewRow[]> {
  return ids.length === 0 ? [] : viewQuery(tx).where('project.id', 'in', ids).execute();
}

/** Projects of a tenant, last changed first, behind a place in that order. */
export async function listViews(
  tx: Tx,
  tenantId: string,
  page: { archived: boolean; after: { updatedAt: string; id: string } | null; limit: number },
): Promise<ProjectViewRow[]> {
  const { after } = page;
  return viewQuery(tx)
    .where('project.tenant_id', '=', tenantId)
    .where('project.status', page.archived ? '=' : '<>', 'ARCHIVED')
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(project.updated_at, project.id) < (${after?.updatedAt}::timestamptz, ${after?.id}::bigint)`,
      ),
    )
    .orderBy('project.updated_at', 'desc')
    .orderBy('project.id', 'desc')
    .limit(page.limit)
    .execute();
}

/** A project by its id alone, for callers that know whose it is; with `lock` kept from changing until the end. */
export async function findProject(tx: Tx, id: string, lock?: 'lock'): Promise<ProjectRow | null> {
  const query = tx.selectFrom('project').selectAll().where('id', '=', id);
  return (await (lock ? query.forUpdate() : query).executeTakeFirst()) ?? null;
}

export async function findOwnProject(tx: Tx, tenantId: string, id: string): Promise<ProjectRow | null> {
  const query = tx.selectFrom('project').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id);
  return (await query.executeTakeFirst()) ?? null;
}

/** The project, kept from changing (and from getting new turns or versions) until the transaction ends. */
export async function lockProject(tx: Tx, tenantId: string, id: string): Promise<ProjectRow | null> {
  const query = tx.selectFrom('project').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id);
  return (await query.forUpdate().executeTakeFirst()) ?? null;
}

export async function insertProject(
  tx: Tx,
  project: Pick<
    ProjectRow,
    | 'tenant_id'
    | 'environment_id'
    | 'name'
    | 'description'
    | 'slug'
    | 'accent'
    | 'stack_id'
    | 'backend_language'
    | 'backend_framework'
    | 'frontend_language'
    | 'frontend_framework'
  >,
): Promise<ProjectRow> {
  return tx.insertInto('project').values(project).returningAll().executeTakeFirstOrThrow();
}

/** Changes what a person may edit; null when somebody changed the project since it was read. */
export async function editProject(
  tx: Tx,
  project: ProjectRow,
  edit: Partial<Pick<ProjectRow, 'name' | 'description' | 'accent'>>,
): Promise<ProjectRow | null> {
  const row = await tx
    .updateTable('project')
    .set(edit)
    .where('tenant_id', '=', project.tenant_id)
    .where('id', '=', project.id)
    .where('updated_at', '=', project.updated_at)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Moves a project that still is in the state it was read in; null is a lost race. */
export async function moveProject(
  tx: Tx,
  project: ProjectRow,
  state: ProjectState,
  url: string | null,
): Promise<ProjectRow | null> {
  const row = await tx
    .updateTable('project')
    .set({ status: state.status, previous_status: state.previous, url })
    .where('tenant_id', '=', project.tenant_id)
    .where('id', '=', project.id)
    .where('status', '=', project.status)
    .where('previous_status', 'is not distinct from', project.previous_status)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteProject(tx: Tx, project: ProjectRow): Promise<boolean> {
  const row = await tx
    .deleteFrom('project')
    .where('tenant_id', '=', project.tenant_id)
    .where('id', '=', project.id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Ids of all projects there are; for the sweep of folders at the start. */
export async function allProjectIds(tx: Tx): Promise<string[]> {
  return (await tx.selectFrom('project').select('id').execute()).map((row) => row.id);
}

/** The newest id that a project of this database ever had; 0 while there was none. */
export async function lastProjectId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ last: string | null }>`
    select pg_sequence_last_value(pg_get_serial_sequence('project', 'id')) as last`.execute(tx);
  return Number(rows[0]?.last ?? 0);
}

export async function findBySlug(tx: Tx, tenantId: string, slug: string): Promise<ProjectRow | null> {
  const query = tx.selectFrom('project').selectAll().where('tenant_id', '=', tenantId).where('slug', '=', slug);
  return (await query.executeTakeFirst()) ?? null;
}
