import { usageRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { readIdCursor } from '../../platform/http/id-cursor.ts';
import { readPeriod } from '../period.ts';
import { callView, listCalls } from './calls.ts';
import { summarisePlatform } from './platform.ts';
import { type SummaryScope, summarise } from './summary.ts';
import { listTurnCosts, turnView } from './turns.ts';
import { requireProject, requireTurn } from './whose.ts';

/** What a tenant spent, and what the platform did. */
export function bindReportRoutes(app: FastifyInstance, { db, clock }: { db: Database; clock: Clock }): void {
  /** Reads in the scope of the tenant, of one project where that is asked for. */
  const read = <T>(scope: SummaryScope, work: (tx: Tx) => Promise<T>): Promise<T> =>
    db.tenant(scope.tenantId, async (tx) => {
      if (scope.projectId !== undefined) await requireProject(tx, scope.tenantId, scope.projectId);
      return work(tx);
    });

  bind(app, usageRoutes.usageSummary, async ({ caller: { tenantId }, query }) => {
    const scope = { tenantId, projectId: query.projectId, period: readPeriod(query, clock.now()) };
    return read(scope, (tx) => summarise(tx, scope));
  });

  bind(app, usageRoutes.listUsageTurns, async ({ caller: { tenantId }, query }) => {
    const scope = { tenantId, projectId: query.projectId, period: readPeriod(query, clock.now()) };
    const page = { before: readIdCursor(query.cursor), limit: query.limit + 1 };
    const rows = await read(scope, (tx) => listTurnCosts(tx, scope, page));
    return toPage(rows, query.limit, (row) => [row.turn_id], turnView);
  });

  bind(app, usageRoutes.listUsageCalls, async ({ caller: { tenantId }, params, query }) => {
    const page = { after: readIdCursor(query.cursor), limit: query.limit + 1 };
    const rows = await db.tenant(tenantId, async (tx) => {
      await requireTurn(tx, tenantId, params.id);
      return listCalls(tx, { tenantId, turnId: params.id }, page);
    });
    return toPage(rows, query.limit, (row) => [row.id], callView);
  });

  bind(app, usageRoutes.platformUsage, async ({ query }) => {
    const period = readPeriod(query, clock.now());
    return db.system((tx) => summarisePlatform(tx, period));
  });
}
