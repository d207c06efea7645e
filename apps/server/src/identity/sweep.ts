import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/index.ts';
import { longestWindowSeconds } from './limits/limits.ts';
import { deleteAttemptsBefore } from './limits/store.ts';
import { deleteResetTokensExpiredBefore } from './password-reset-store.ts';
import { deleteTokensExpiredBefore } from './sessions/store.ts';
import { DAY_MS } from './tokens/rotation.ts';

/** Deletes what can no longer matter: attempts outside every window, tokens that expired a day ago. */
export async function sweep(db: Database, clock: Clock): Promise<void> {
  const now = clock.now().getTime();
  const dayAgo = new Date(now - DAY_MS);
  await db.system((tx) => deleteAttemptsBefore(tx, new Date(now - longestWindowSeconds * 1000)));
  await db.system((tx) => deleteResetTokensExpiredBefore(tx, dayAgo));
  await db.system((tx) => deleteTokensExpiredBefore(tx, dayAgo));
}
