import { identityRoutes, type Session } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import { bind } from '../../platform/http/bind.ts';
import type { Core } from '../core.ts';
import { listSessions } from './store.ts';

/** Where a person is signed in. */
export function bindSessionRoutes(app: FastifyInstance, { db, clock, sessions }: Core): void {
  bind(app, identityRoutes.listSessions, async ({ caller }) => {
    const rows = await db.system((tx) => listSessions(tx, caller.userId, clock.now()));
    return { items: rows.map((row) => view(row, caller.sessionId)) };
  });
  bind(app, identityRoutes.endSession, async ({ caller, params }) => {
    if (!(await sessions.end(caller.userId, params.id))) throw new DomainError('not_found');
  });
}

type SessionRow = Awaited<ReturnType<typeof listSessions>>[number];
const view = (row: SessionRow, currentId: string): Session => ({
  id: row.family_id,
  current: row.family_id === currentId,
  userAgent: row.user_agent,
  ip: row.ip,
  createdAt: row.started_at.toISOString(),
  lastUsedAt: row.last_used_at.toISOString(),
});
