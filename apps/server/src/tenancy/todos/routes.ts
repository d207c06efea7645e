import { type Todo, tenancyRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import type { Database } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import * as store from './store.ts';

type TodoRow = Awaited<ReturnType<typeof store.insertTodo>>;

/** The tenant's task list. */
export function bindTodoRoutes(app: FastifyInstance, db: Database): void {
  bind(app, tenancyRoutes.listTodos, async ({ caller: { tenantId }, query }) => {
    const after = query.cursor === undefined ? null : readPlace(query.cursor);
    const rows = await db.tenant(tenantId, (tx) => store.listTodos(tx, tenantId, { after, limit: query.limit + 1 }));
    return toPage(rows, query.limit, (row) => [row.place, row.id], view);
  });
  bind(app, tenancyRoutes.createTodo, async ({ caller: { tenantId }, body }) =>
    view(await db.tenant(tenantId, (tx) => store.insertTodo(tx, tenantId, body.title))),
  );
  bind(app, tenancyRoutes.updateTodo, async ({ caller: { tenantId }, params, body }) =>
    view(found(await db.tenant(tenantId, (tx) => store.renameTodo(tx, tenantId, params.id, body.title)))),
  );
  bind(app, tenancyRoutes.toggleTodo, async ({ caller: { tenantId }, params }) =>
    view(found(await db.tenant(tenantId, (tx) => store.toggleTodo(tx, tenantId, params.id)))),
  );
  bind(app, tenancyRoutes.deleteTodo, async ({ caller: { tenantId }, params }) => {
    found(await db.tenant(tenantId, (tx) => store.deleteTodo(tx, tenantId, params.id)));
  });
}

/** A time as PostgreSQL writes it. */
const PLACE_FORM = /^(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-](?:0\d|1[0-5])(?::[0-5]\d)?$/;
const UUID_FORM = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function readPlace(cursor: string): store.TodoPlace {
  const [createdAt = '', id = ''] = decodeCursor(cursor, 2);
  if (!isPlace(createdAt) || !UUID_FORM.test(id)) {
    throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
  }
  return { createdAt, id };
}

/** True for a time that exists: the calendar knows the day, the clock the hour. */
function isPlace(text: string): boolean {
  const day = text.slice(0, 10);
  return (
    PLACE_FORM.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  );
}

function found<T>(row: T | undefined): T {
  if (row === undefined) throw new DomainError('not_found');
  return row;
}

const view = (row: TodoRow): Todo => ({
  id: row.id,
  title: row.title,
  completed: row.completed,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
