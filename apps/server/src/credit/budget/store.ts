import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { formatUsd, usd } from '../../platform/money.ts';
import { notifyHolders } from '../holds/store.ts';

const thisMonth = sql<Date>`date_trunc('month', now(), 'UTC')`;

/** What a user has, has spent and may spend, with what is set aside for calls under way. */
export async function readBudget(tx: Tx, userId: string) {
  return tx
    .selectFrom('user_budget')
    .select(['ai_credit_usd', 'spending_limit_usd', 'turn_cap_usd', 'credit_base_usd', 'credit_period'])
    .select(thisMonth.as('month_start'))
    .select(sql<string>`case when month_start = ${thisMonth} then month_spent_usd else 0 end`.as('month_spent_usd'))
    .select((eb) =>
      eb
        .selectFrom('credit_hold')
        .select(sql<string>`coalesce(sum(amount_usd), 0)`.as('held_usd'))
        .where('user_id', '=', userId)
        .where('expires_at', '>', sql<Date>`now()`)
        .as('held_usd'),
    )
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
}

export async function setLimits(
  tx: Tx,
  userId: string,
  limits: { monthlyLimitUsd: string | null; turnCapUsd: string | null },
): Promise<void> {
  await tx
    .updateTable('user_budget')
    .set({ spending_limit_usd: limits.monthlyLimitUsd, turn_cap_usd: limits.turnCapUsd })
    .where('user_id', '=', userId)
    .execute();
  await notifyHolders(tx, userId);
}

export async function hasProject(tx: Tx, tenantId: string, projectId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('project')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', projectId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The cap of a project and what it has spent this month. */
export async function readProjectBudget(tx: Tx, tenantId: string, projectId: string) {
  const row = await tx
    .selectFrom('project_budget')
    .select('monthly_cap_usd')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return { capUsd: row?.monthly_cap_usd ?? null, spentUsd: await spentByProject(tx, tenantId, projectId) };
}

/** Calls of this month, without those of failed turns: their cost was given back. */
async function spentByProject(tx: Tx, tenantId: string, projectId: string): Promise<string> {
  const { usd: spent } = await tx
    .selectFrom('usage_event')
    .leftJoin('turn', 'turn.id', 'usage_event.turn_id')
    .select(sql<string>`coalesce(sum(usage_event.charged_cost_usd), 0)`.as('usd'))
    .where('usage_event.tenant_id', '=', tenantId)
    .where('usage_event.project_id', '=', projectId)
    .where('usage_event.created_at', '>=', thisMonth)
    .where('turn.waived_at', 'is', null)
    .executeTakeFirstOrThrow();
  return formatUsd(usd(spent));
}

/** Sets or takes away the cap of a project. Charges of the same user wait, so that none is missed in what was spent. */
export async function setProjectCap(
  tx: Tx,
  { tenantId, projectId, userId }: { tenantId: string; projectId: string; userId: string },
  capUsd: string | null,
): Promise<void> {
  await tx.selectFrom('user_budget').select('user_id').where('user_id', '=', userId).forUpdate().execute();
  const spent = await spentByProject(tx, tenantId, projectId);
  const values = { monthly_cap_usd: capUsd, month_start: thisMonth, month_spent_usd: spent };
  await tx
    .insertInto('project_budget')
    .values({ tenant_id: tenantId, project_id: projectId, ...values })
    .onConflict((conflict) => conflict.column('project_id').doUpdateSet(values))
    .execute();
  await notifyHolders(tx, userId);
}

/** Alerts of the running periods, newest first. */
export async function listAlerts(tx: Tx, userId: string, periods: { credit: string; month: string }) {
  return tx
    .selectFrom('budget_alert')
    .select(['kind', 'threshold', 'created_at'])
    .where('user_id', '=', userId)
    .where((eb) =>
      eb.or([
        eb.and([eb('kind', '=', 'CREDIT'), eb('period', '=', periods.credit)]),
        eb.and([eb('kind', '=', 'MONTH'), eb('period', '=', periods.month)]),
      ]),
    )
    .orderBy('id', 'desc')
    .execute();
}

/** Credit set aside, for the operator, newest first. */
export async function listHolds(tx: Tx, { before, limit }: { before: string | null; limit: number }) {
  return tx
    .selectFrom('credit_hold')
    .innerJoin('users', 'users.id', 'credit_hold.user_id')
    .select([
      'credit_hold.id',
      'users.email',
      'credit_hold.turn_id',
      'credit_hold.amount_usd',
      'credit_hold.expires_at',
    ])
    .where('credit_hold.expires_at', '>', sql<Date>`now()`)
    .$if(before !== null, (query) => query.where('credit_hold.id', '<', before ?? ''))
    .orderBy('credit_hold.id', 'desc')
    .limit(limit)
    .execute();
}
