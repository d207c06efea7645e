import { type RawBuilder, sql } from 'kysely';
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
  const more = sql<string>`ai_credit_usd + ${entry.amountUsd}::numeric`;
  await tx
    .updateTable('user_budget')
    .set({ ai_credit_usd: more, ...baseAfter(entry, more) })
    .where('user_id', '=', entry.userId)
    .execute();
  if (entry.amountUsd.startsWith('-')) await notifyHolders(tx, entry.userId);
  return true;
}

/** What 80 % and 100 % are measured against. New credit begins a new period; what is taken back was not used. */
function baseAfter({ kind, amountUsd }: NewEntry, more: RawBuilder<string>) {
  if (kind === 'WAIVER') return {};
  if (kind === 'TOP_UP' || kind === 'STARTING' || kind === 'ADJUSTMENT') {
    return { credit_base_usd: more, credit_period: sql<number>`credit_period + 1` };
  }
  return { credit_base_usd: sql<string>`credit_base_usd + ${amountUsd}::numeric` };
}
