import { type RawBuilder, sql } from 'kysely';
import type { TurnRow, Tx } from '../platform/db/index.ts';
import { fromUnits, toUnits, usd } from '../platform/money.ts';
import { addEntry } from './entries.ts';

/** A call that is being recorded in the same transaction, named as in `usage_event`. */
export interface ChargedCall {
  call_id: string;
  tenant_id: string;
  user_id: string;
  project_id: string;
  turn_id: string;
  /** US dollars, a decimal string. */
  charged_cost_usd: string;
  /** RFC 3339. */
  created_at: string;
}

/** A user's budget after the charges. */
export interface ChargedBudget {
  userId: string;
  creditUsd: string;
  creditBaseUsd: string;
  creditPeriod: number;
  limitUsd: string | null;
  monthStart: Date;
  monthSpentUsd: string;
}

/**
 * Takes the cost of recorded calls from the credit, adds it to the months of users and projects, and takes it out of the
 * holds of this process. A call of a turn whose cost was given back already is given back too. The turns are locked
 * already; locks follow in the order that all of credit keeps: turn, user, project, hold.
 */
export async function charge(tx: Tx, holder: string, calls: readonly ChargedCall[]): Promise<ChargedBudget[]> {
  if (calls.length === 0) return [];
  const given = sql`jsonb_to_recordset(${JSON.stringify(summed(calls))}::jsonb) as given(
    user_id bigint, project_id bigint, turn_id bigint, charged_cost_usd numeric, created_at timestamptz)`;
  const { rows } = await sql<ChargedBudget>`
    with locked as (
      select user_id from user_budget where user_id in (select user_id from ${given}) order by user_id for update
    )
    update user_budget as budget
       set ai_credit_usd = budget.ai_credit_usd - given.charged,
           month_spent_usd = case when budget.month_start = month.start then budget.month_spent_usd else 0 end
                             + given.charged_this_month,
           month_start = month.start
      from (select date_trunc('month', now(), 'UTC') as start) as month,
           (select user_id, sum(charged_cost_usd) as charged,
                   coalesce(sum(charged_cost_usd) filter (where created_at >= date_trunc('month', now(), 'UTC')), 0) as charged_this_month
              from ${given} group by 1) as given
     where budget.user_id = given.user_id and exists (select from locked where locked.user_id = budget.user_id)
    returning budget.user_id::text as "userId", budget.ai_credit_usd as "creditUsd", budget.credit_base_usd as "creditBaseUsd",
              budget.credit_period as "creditPeriod", budget.spending_limit_usd as "limitUsd",
              budget.month_start as "monthStart", budget.month_spent_usd as "monthSpentUsd"`.execute(tx);
  await sql`
    update project_budget as budget
       set month_spent_usd = case when budget.month_start = month.start then budget.month_spent_usd else 0 end + given.charged,
           month_start = month.start
      from (select date_trunc('month', now(), 'UTC') as start) as month,
           (select project_id, sum(charged_cost_usd) as charged from ${given}
             where created_at >= date_trunc('month', now(), 'UTC') group by 1) as given
     where budget.project_id = given.project_id`.execute(tx);
  await sql`
    update credit_hold as hold
       set amount_usd = greatest(0, hold.amount_usd - given.charged)
      from (select turn_id, sum(charged_cost_usd) as charged from ${given} group by 1) as given
     where hold.turn_id = given.turn_id and hold.holder = ${holder}`.execute(tx);
  await waiveLate(tx, calls);
  return rows;
}

/** One row for each turn and month: a batch has many calls of few turns. */
function summed(calls: readonly ChargedCall[]): Omit<ChargedCall, 'call_id'>[] {
  const sums = new Map<string, { call: ChargedCall; units: bigint }>();
  for (const call of calls) {
    const key = `${call.turn_id} ${call.created_at.slice(0, 7)}`;
    const sum = sums.get(key);
    if (sum) sum.units += toUnits(call.charged_cost_usd);
    else sums.set(key, { call, units: toUnits(call.charged_cost_usd) });
  }
  return [...sums.values()].map(({ call, units }) => ({ ...call, charged_cost_usd: fromUnits(units) }));
}

/** Calls that ended after their turn had failed and its cost been given back. */
async function waiveLate(tx: Tx, calls: readonly ChargedCall[]): Promise<void> {
  const waived = await tx
    .selectFrom('turn')
    .select('id')
    .where('id', 'in', [...new Set(calls.map((one) => one.turn_id))])
    .where('waived_at', 'is not', null)
    .execute();
  for (const call of calls) {
    if (waived.some(({ id }) => id === call.turn_id)) {
      const only = sql<boolean>`call_id = ${call.call_id}::uuid`;
      const source = `waiver:call:${call.call_id}`;
      await giveBack(tx, { ...call, id: call.turn_id }, { amountUsd: call.charged_cost_usd, source, only });
    }
  }
}

type WaivedTurn = Pick<TurnRow, 'id' | 'tenant_id' | 'user_id' | 'project_id'>;

/** Gives back what a turn cost that failed; true when that was anything. In a transaction of the system scope. */
export async function waive(tx: Tx, turn: WaivedTurn): Promise<boolean> {
  const marked = await tx
    .updateTable('turn')
    .set({ waived_at: sql`now()` })
    .where('id', '=', turn.id)
    .where('waived_at', 'is', null)
    .returning('charged_cost_usd')
    .executeTakeFirst();
  if (!marked) return false;
  const amountUsd = marked.charged_cost_usd;
  return giveBack(tx, turn, { amountUsd, source: `waiver:turn:${turn.id}`, only: sql<boolean>`true` });
}

/** What is given back: the turn's calls, or `only` some of them. */
interface Waiver {
  amountUsd: string;
  source: string;
  only: RawBuilder<boolean>;
}

async function giveBack(tx: Tx, turn: WaivedTurn, { amountUsd, source, only }: Waiver): Promise<boolean> {
  if (usd(amountUsd).isZero()) return false;
  const { id: turnId, tenant_id: tenantId, user_id: userId, project_id: projectId } = turn;
  if (!(await addEntry(tx, { tenantId, userId, kind: 'WAIVER', amountUsd, turnId, source }))) return false;
  const month = sql<Date>`date_trunc('month', now(), 'UTC')`;
  // A turn may have begun in the month before: what it cost then was no part of this one.
  const ofMonth = sql<string>`(
    select coalesce(sum(charged_cost_usd), 0) from usage_event
     where tenant_id = ${tenantId}::bigint and turn_id = ${turnId}::bigint and created_at >= ${month} and ${only})`;
  const back = { month_spent_usd: sql<string>`greatest(0, month_spent_usd - ${ofMonth})` };
  await tx
    .updateTable('user_budget')
    .set(back)
    .where('user_id', '=', userId)
    .where('month_start', '=', month)
    .execute();
  await tx
    .updateTable('project_budget')
    .set(back)
    .where('project_id', '=', projectId)
    .where('month_start', '=', month)
    .execute();
  return true;
}
