import { sql } from 'kysely';
import type { Database } from '../../platform/db/index.ts';
import type { FairUseCounter } from './counter.ts';

/** Days older than this are forgotten, some at a time. */
const KEPT_DAYS = 7;

export function createPostgresCounter(db: Database): FairUseCounter {
  return {
    take: (userId, day, wanted, limit) =>
      db.system(async (tx) => {
        await sql`
          insert into fair_use_counter (user_id, day_start, calls) values (${userId}, ${day}::date, 0)
          on conflict do nothing`.execute(tx);
        const { rows } = await sql<{ taken: string }>`
          update fair_use_counter set calls = greatest(calls, least(calls + ${wanted}, ${limit}::bigint))
           where user_id = ${userId} and day_start = ${day}::date
          returning new.calls - old.calls as taken`.execute(tx);
        await sql`
          delete from fair_use_counter
           where user_id = ${userId} and day_start < ${day}::date - make_interval(days => ${KEPT_DAYS})`.execute(tx);
        return Number(rows[0]?.taken ?? 0);
      }),
    giveBack: async (userId, day, calls) => {
      await db.system((tx) =>
        sql`
          update fair_use_counter set calls = greatest(0, calls - ${calls})
           where user_id = ${userId} and day_start = ${day}::date`.execute(tx),
      );
    },
    close: async () => {},
  };
}
