import type { Database } from '../../platform/db/index.ts';
import { replayEvents, type Selection, waitingEvents } from './store.ts';
import { handledTypes } from './types.ts';

export type { Selection } from './store.ts';

/** What moves with webhooks, as one line for each person and each entry, for comparison. */
export async function readBooks(db: Database): Promise<string[]> {
  return db.system(async (tx) => {
    const entries = await tx
      .selectFrom('credit_entry')
      .select(['user_id', 'kind', 'amount_usd', 'source'])
      .orderBy('source')
      .execute();
    const topUps = await tx
      .selectFrom('credit_topup')
      .select(['id', 'status', 'amount_usd', 'refunded_usd', 'disputed'])
      .orderBy('id')
      .execute();
    return [...entries, ...topUps].map((row) => JSON.stringify(row));
  });
}

/** Has stored webhooks handled once more by the platform that runs on this database; how many. */
export async function askForReplay(db: Database, selection: Selection): Promise<number> {
  return (await db.system((tx) => replayEvents(tx, selection, handledTypes))).length;
}

/** Events that are not handled yet, each with the reason why its last attempt failed. */
export const stillWaiting = (db: Database) => db.system(waitingEvents);
