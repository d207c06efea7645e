import { sql } from 'kysely';
import type { CreditEntryRow, Tx } from '../platform/db/index.ts';
import { notifyHolders } from './holds/store.ts';

export interface NewEntry {
  tenantId: string;
  userId: string;
  kind: CreditEntryRow['kind'];
  /** Signed US dollars, a decimal string. */
  amountUsd: string;
  topUpId?: string;
  turnId?: string;
  /** What the entry stems from, e.g. `topup:17` or `refund:re_1`: it counts once. */
  source: string;
}

/** Moves credit, once for each source, in a transaction of the system scope. False: it was moved before. */
export async function addEntry(tx: Tx, entry: NewEntry): Promise<boolean> {
  const inserted = await tx
    .insertInto('credit_entry')
    .values({
      tenant_id: entry.tenantId,
      user_id: entry.userId,
      kind: entry.kind,
      amount_usd: entry.amountUsd,
      credit_topup_id: entry.topUpId ?? null,
      turn_id: entry.turnId ?? null,
      source: entry.source,
    })
    .onConflict((conflict) => conflict.column('source').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  const isNew = entry.kind === 'TOP_UP' || entry.kind === 'STARTING' || entry.kind === 'ADJUSTMENT';
  await tx
    .updateTable('user_budget')
    .set({
      ai_credit_usd: sql`ai_credit_usd + ${entry.amountUsd}::numeric`,
      // New credit begins a new period: its 80 % and 100 % are measured against what there is from now on.
      ...(isNew && {
        credit_base_usd: sql`ai_credit_usd + ${entry.amountUsd}::numeric`,
        credit_period: sql`credit_period + 1`,
      }),
    })
    .where('user_id', '=', entry.userId)
    .execute();
  if (entry.amountUsd.startsWith('-')) await notifyHolders(tx, entry.userId);
  return true;
}
