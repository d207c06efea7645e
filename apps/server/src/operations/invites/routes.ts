import { operationsRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { bind } from '../../platform/http/bind.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { readIdCursor } from '../../platform/http/id-cursor.ts';
import type { InviteRow, Invites } from './invites.ts';

export function bindInviteRoutes(app: FastifyInstance, invites: Invites): void {
  bind(app, operationsRoutes.listInvites, async ({ query }) => {
    const before = readIdCursor(query.cursor);
    const rows = await invites.list({ before, limit: query.limit + 1 });
    return toPage(rows, query.limit, (row) => [row.id], view);
  });
  bind(app, operationsRoutes.createInvite, async ({ caller, body }) => {
    const invite = await invites.create(caller, body.email);
    return { ...view(invite), url: invite.url };
  });
  bind(app, operationsRoutes.revokeInvite, async ({ caller, params }) => invites.revoke(caller, params.id));
}

const view = (row: InviteRow) => ({
  id: row.id,
  email: row.issued_to_email,
  status: row.status,
  issuedAt: row.issued_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
});
