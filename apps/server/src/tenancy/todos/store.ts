import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';

/** Where a page of the list begins: behind the task with this place. */
export interface TodoPlace {
  createdAt: string;
  id: string;
}

/** Tasks of the tenant, newest first. `created_at` is read as text: it is finer than a JavaScript date. */
export async function listTodos(tx: Tx, tenantId: string, page: { after: TodoPlace | null; limit: number }) {
  const { after } = page;
  return tx
    .selectFrom('todo')
    .selectAll()
    .select(sql<string>`created_at::text`.as('place'))
    .where('tenant_id', '=', tenantId)
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.createdAt}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}

export async function insertTodo(tx: Tx, tenantId: string, title: string) {
  return tx.insertInto('todo').values({ tenant_id: tenantId, title }).returningAll().executeTakeFirstOrThrow();
}

export async function renameTodo(tx: Tx, tenantId: string, id: string, title: string) {
  return tx
    .updateTable('todo')
    .set({ title })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export async function toggleTodo(tx: Tx, tenantId: string, id: string) {
  return tx
    .updateTable('todo')
    .set(({ not, ref }) => ({ completed: not(ref('completed')) }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export async function deleteTodo(tx: Tx, tenantId: string, id: string) {
  return tx
    .deleteFrom('todo')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
}
