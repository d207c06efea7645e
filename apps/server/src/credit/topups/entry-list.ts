import type { CreditEntry } from '@talkide/contracts';
import type { CreditEntryRow, Tx } from '../../platform/db/index.ts';

/** What moved a person's credit, newest first, below an id. */
export const listEntries = (tx: Tx, userId: string, page: { before: string | null; limit: number }) =>
  tx
    .selectFrom('credit_entry')
    .selectAll()
    .where('user_id', '=', userId)
    .$if(page.before !== null, (query) => query.where('id', '<', page.before ?? ''))
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();

export const entryView = (row: CreditEntryRow): CreditEntry => ({
  id: row.id,
  kind: row.kind,
  amountUsd: row.amount_usd,
  topUpId: row.credit_topup_id,
  turnId: row.turn_id,
  createdAt: row.created_at.toISOString(),
});
