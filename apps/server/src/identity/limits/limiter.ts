import { DomainError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import { type LimitName, limits } from './limits.ts';
import { deleteAttempts, insertAttempt, lockKey, newestAttempts } from './store.ts';

/** By the limit that an attempt counts against: before, the key of who attempts; after, the id of the row. */
type Attempts = Partial<Record<LimitName, string>>;

export interface Limiter {
  /** Counts attempts before they are made, so that parallel ones cannot slip through; refuses when one is too many. */
  spend(attempts: Attempts): Promise<Attempts>;
  /** Takes attempts back that turned out well. */
  forgive(spent: Attempts): Promise<void>;
  /** Refuses when there were too many attempts; until the transaction commits nobody else gets an answer for this key. */
  demandRoom(tx: Tx, name: LimitName, subject: string): Promise<void>;
  /** Counts an attempt within a transaction that demanded room for it. */
  record(tx: Tx, name: LimitName, subject: string): Promise<string>;
}

/** What clocks of processes may differ by. Attempts that are later still were made before the clock was set back. */
const SKEW_MS = 60_000;

export function createLimiter(db: Database, clock: Clock): Limiter {
  async function demandRoom(tx: Tx, name: LimitName, subject: string): Promise<void> {
    const { kind, prefix, windowSeconds, max } = limits[name];
    const key = prefix + subject;
    const now = clock.now().getTime();
    await lockKey(tx, kind, key);
    const newest = await newestAttempts(tx, {
      kind,
      key,
      since: new Date(now - windowSeconds * 1000),
      until: new Date(now + SKEW_MS),
      max,
    });
    const leavesFirst = newest.at(-1);
    if (newest.length < max || !leavesFirst) return;
    const waitSeconds = (leavesFirst.getTime() - now) / 1000 + windowSeconds;
    throw new DomainError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)) });
  }

  const record = (tx: Tx, name: LimitName, subject: string) =>
    insertAttempt(tx, { kind: limits[name].kind, key: limits[name].prefix + subject, now: clock.now() });

  return {
    demandRoom,
    record,
    spend: (attempts) =>
      db.system(async (tx) => {
        const spent: Attempts = {};
        for (const [name, subject] of Object.entries(attempts) as [LimitName, string][]) {
          await demandRoom(tx, name, subject);
          spent[name] = await record(tx, name, subject);
        }
        return spent;
      }),
    forgive: (spent) => db.system((tx) => deleteAttempts(tx, Object.values(spent))),
  };
}
