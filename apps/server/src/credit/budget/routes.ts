import { type Credit, creditRoutes, usageRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import type { Database } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { readIdCursor } from '../../platform/http/id-cursor.ts';
import { creditPeriod, monthPeriod } from './periods.ts';
import * as store from './store.ts';

/** What a person has, has spent and may spend; what is set aside, for the operator. */
export function budgetRoutes(app: FastifyInstance, db: Database, payments: Credit['payments']): void {
  const view = (userId: string) =>
    db.system(async (tx): Promise<Credit> => {
      const budget = await store.readBudget(tx, userId);
      const periods = { credit: creditPeriod(budget.credit_period), month: monthPeriod(budget.month_start) };
      const alerts = await store.listAlerts(tx, userId, periods);
      return {
        creditUsd: budget.ai_credit_usd,
        heldUsd: budget.held_usd ?? '0',
        month: {
          startsAt: budget.month_start.toISOString(),
          spentUsd: budget.month_spent_usd,
          limitUsd: budget.spending_limit_usd,
        },
        turnCapUsd: budget.turn_cap_usd,
        alerts: alerts.map((one) => ({
          kind: one.kind,
          threshold: one.threshold === 100 ? 100 : 80,
          createdAt: one.created_at.toISOString(),
        })),
        payments,
      };
    });

  bind(app, creditRoutes.getCredit, ({ caller }) => view(caller.userId));
  bind(app, creditRoutes.setLimits, async ({ caller, body }) => {
    await db.system((tx) => store.setLimits(tx, caller.userId, body));
    return view(caller.userId);
  });
  bind(app, creditRoutes.getProjectBudget, ({ caller, params }) => projectBudget(db, caller.tenantId, params.id));
  bind(app, creditRoutes.setProjectBudget, async ({ caller, params, body }) => {
    const { tenantId, userId } = caller;
    await db.system(async (tx) => {
      if (!(await store.hasProject(tx, tenantId, params.id))) throw new DomainError('not_found');
      await store.setProjectCap(tx, { tenantId, userId, projectId: params.id }, body.monthlyCapUsd);
    });
    return projectBudget(db, tenantId, params.id);
  });
  bind(app, usageRoutes.listHolds, async ({ query }) => {
    const before = readIdCursor(query.cursor);
    const rows = await db.system((tx) => store.listHolds(tx, { before, limit: query.limit + 1 }));
    return toPage(
      rows,
      query.limit,
      (row) => [row.id],
      (row) => ({
        id: row.id,
        userEmail: row.email,
        turnId: row.turn_id,
        amountUsd: row.amount_usd,
        expiresAt: row.expires_at.toISOString(),
      }),
    );
  });
}

function projectBudget(db: Database, tenantId: string, projectId: string) {
  return db.tenant(tenantId, async (tx) => {
    if (!(await store.hasProject(tx, tenantId, projectId))) throw new DomainError('not_found');
    const { capUsd, spentUsd } = await store.readProjectBudget(tx, tenantId, projectId);
    return { monthlyCapUsd: capUsd, spentUsd };
  });
}
