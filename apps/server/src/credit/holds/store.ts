import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { fromUnits, toUnits } from '../../platform/money.ts';
import type { Bounds } from './allowance.ts';

/** A hold that its process does not renew in this time is worth nothing: the process is gone. */
export const HOLD_SECONDS = 120;
const expiry = sql<Date>`now() + make_interval(secs => ${HOLD_SECONDS})`;
const thisMonth = sql<Date>`date_trunc('month', now(), 'UTC')`;

/** The channel where a user's id asks all processes for what they hold and do not need. */
export const HOLDERS_CHANNEL = 'talkide_credit';

/** So that what is less by now is less at once: a smaller credit, limit or cap binds the next call. */
export async function notifyHolders(tx: Tx, userId: string): Promise<void> {
  await sql`select pg_notify(${HOLDERS_CHANNEL}, ${userId})`.execute(tx);
}

export interface SpendingTurn {
  id: string;
  tenantId: string;
  userId: string;
  projectId: string;
}

/**
 * Reads what bounds a turn. The user's budget stays locked: reservations of one user come one after another. Locks are
 * taken in the order that all of credit keeps: turn, user, project, hold.
 */
export async function lockBounds(tx: Tx, turn: SpendingTurn): Promise<Bounds> {
  const spent = await capTurn(tx, turn);
  const budget = await tx
    .selectFrom('user_budget')
    .select(['ai_credit_usd', 'spending_limit_usd', spentThisMonth])
    .where('user_id', '=', turn.userId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const project = await tx
    .selectFrom('project_budget')
    .select(['monthly_cap_usd', spentThisMonth])
    .where('project_id', '=', turn.projectId)
    .where('tenant_id', '=', turn.tenantId)
    .forUpdate()
    .executeTakeFirst();
  return {
    credit: toUnits(budget.ai_credit_usd),
    month: bound(budget.spending_limit_usd, budget.month_spent_usd),
    project: bound(project?.monthly_cap_usd ?? null, project?.month_spent_usd ?? '0'),
    turn: bound(spent?.cap_usd ?? null, spent?.charged_cost_usd ?? '0'),
    held: await heldFor(tx, turn),
  };
}

const spentThisMonth = sql<string>`case when month_start = ${thisMonth} then month_spent_usd else 0 end`.as(
  'month_spent_usd',
);

/** A turn keeps the cap that it begins with: an answer to "shall I go on?" is a new turn with a cap of its own. */
async function capTurn(tx: Tx, { id, tenantId, userId }: SpendingTurn) {
  const turn = await tx
    .selectFrom('turn')
    .select(['cap_usd', 'charged_cost_usd'])
    .select((eb) => eb.selectFrom('user_budget').select('turn_cap_usd').where('user_id', '=', userId).as('wanted'))
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst();
  if (!turn?.wanted || turn.cap_usd !== null) return turn;
  return tx
    .updateTable('turn')
    .set({ cap_usd: sql<string>`coalesce(cap_usd, ${turn.wanted}::numeric)` })
    .where('id', '=', id)
    .where('tenant_id', '=', tenantId)
    .returning(['cap_usd', 'charged_cost_usd'])
    .executeTakeFirst();
}

const bound = (limit: string | null, spent: string) =>
  limit === null ? null : { limit: toUnits(limit), spent: toUnits(spent) };

async function heldFor(tx: Tx, turn: SpendingTurn): Promise<Bounds['held']> {
  const sum = (condition: ReturnType<typeof sql<boolean>>) =>
    sql<string>`coalesce(sum(amount_usd) filter (where ${condition}), 0)`;
  const row = await tx
    .selectFrom('credit_hold')
    .select([
      sum(sql`user_id = ${turn.userId}`).as('user'),
      sum(sql`project_id = ${turn.projectId}`).as('project'),
      sum(sql`turn_id = ${turn.id}`).as('turn'),
    ])
    .where('expires_at', '>', sql<Date>`now()`)
    .where((eb) => eb.or([eb('user_id', '=', turn.userId), eb('project_id', '=', turn.projectId)]))
    .executeTakeFirstOrThrow();
  return { user: toUnits(row.user), project: toUnits(row.project), turn: toUnits(row.turn) };
}

/** Sets more credit aside for a turn. What an expired hold still says does not count any more. */
export async function addHold(tx: Tx, turn: SpendingTurn, holder: string, units: bigint): Promise<void> {
  await tx
    .insertInto('credit_hold')
    .values({
      tenant_id: turn.tenantId,
      user_id: turn.userId,
      project_id: turn.projectId,
      turn_id: turn.id,
      holder,
      amount_usd: fromUnits(units),
      expires_at: expiry,
    })
    .onConflict((conflict) =>
      conflict.columns(['turn_id', 'holder']).doUpdateSet({
        amount_usd: sql`case when credit_hold.expires_at > now() then credit_hold.amount_usd else 0 end
                        + excluded.amount_usd`,
        expires_at: expiry,
      }),
    )
    .execute();
}

/** Gives a part of a hold back. */
export async function shrinkHold(tx: Tx, turnId: string, holder: string, units: bigint): Promise<void> {
  await tx
    .updateTable('credit_hold')
    .set({ amount_usd: sql`greatest(0, amount_usd - ${fromUnits(units)}::numeric)` })
    .where('turn_id', '=', turnId)
    .where('holder', '=', holder)
    .execute();
}

export async function dropHold(tx: Tx, turnId: string, holder: string): Promise<void> {
  await tx.deleteFrom('credit_hold').where('turn_id', '=', turnId).where('holder', '=', holder).execute();
}

/** At the start of the only process there is: whoever held credit is gone. */
export async function dropAllHolds(tx: Tx): Promise<void> {
  await tx.deleteFrom('credit_hold').execute();
}

/**
 * Keeps a process's holds for running turns alive, and gives back the turns whose hold is still there; forgets those of
 * dead processes. A call that outlives its turn ends before its hold does.
 */
export async function renewHolds(tx: Tx, holder: string): Promise<Set<string>> {
  await tx.deleteFrom('credit_hold').where('expires_at', '<', sql<Date>`now()`).execute();
  const rows = await tx
    .updateTable('credit_hold')
    .set({ expires_at: expiry })
    .where('holder', '=', holder)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('turn')
          .select('turn.id')
          .whereRef('turn.id', '=', 'credit_hold.turn_id')
          .where('turn.status', 'in', ['QUEUED', 'RUNNING']),
      ),
    )
    .returning('turn_id')
    .execute();
  return new Set(rows.map((row) => row.turn_id));
}
