import { versionRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import { bind } from '../platform/http/bind.ts';
import { decodeCursor, toPage } from '../platform/http/cursor.ts';
import type { Context } from './context.ts';
import { diffVersions } from './files.ts';
import { restoreVersion, undoTurn } from './restore.ts';
import { findOwnProject } from './store.ts';
import { toVersion } from './versions.ts';
import { listVersionViews } from './versions-store.ts';

/** Versions: list, diff, restore, undo. */
export function bindVersionRoutes(app: FastifyInstance, context: Context): void {
  bind(app, versionRoutes.listVersions, async ({ caller: { tenantId }, params, query }) => {
    const below = query.cursor === undefined ? null : readNumber(query.cursor);
    const rows = await context.db.tenant(tenantId, async (tx) => {
      if (!(await findOwnProject(tx, tenantId, params.id))) throw new DomainError('not_found');
      return listVersionViews(tx, tenantId, params.id, { below, limit: query.limit + 1 });
    });
    return toPage(rows, query.limit, (row) => [String(row.version_number)], toVersion);
  });

  bind(app, versionRoutes.versionDiff, ({ caller, params, query }) =>
    diffVersions(context, caller, params.id, { number: params.number, against: query.against }),
  );

  bind(app, versionRoutes.restoreVersion, ({ caller, params, body }) =>
    restoreVersion(context, caller, params.id, params.number, body),
  );

  bind(app, versionRoutes.undoTurn, ({ caller, params, body }) => undoTurn(context, caller, params.id, body));
}

function readNumber(cursor: string): number {
  const [number = ''] = decodeCursor(cursor, 1);
  if (!/^\d{1,9}$/.test(number)) throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
  return Number(number);
}
