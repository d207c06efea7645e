import { type Mail, operationsRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import type { Database } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { readIdCursor } from '../../platform/http/id-cursor.ts';
import { findMail, listMails } from './store.ts';

/** What the platform mailed, for the operator. */
export function bindMailboxRoutes(app: FastifyInstance, db: Database): void {
  bind(app, operationsRoutes.listMails, async ({ query }) => {
    const before = readIdCursor(query.cursor);
    const rows = await db.system((tx) => listMails(tx, { before, limit: query.limit + 1 }));
    return toPage(rows, query.limit, (row) => [row.id], view);
  });
  bind(app, operationsRoutes.getMail, async ({ params }) => {
    const row = await db.system((tx) => findMail(tx, params.id));
    if (!row) throw new DomainError('not_found');
    return { ...view(row), text: row.text_body, html: row.html_body };
  });
}

type MailRow = Awaited<ReturnType<typeof listMails>>[number];
const view = (row: MailRow): Mail => ({
  id: row.id,
  type: row.type,
  recipient: row.recipient,
  subject: row.subject,
  status: row.status,
  createdAt: row.created_at.toISOString(),
});
