import type { TurnRow } from '../platform/db/index.ts';
import { settleLost } from './finish/settle-lost.ts';
import type { Kit } from './kit.ts';
import type { Supervision } from './supervision.ts';
import { environmentsWithWork, releaseLeases, takeOverLost } from './turns/lease-store.ts';

const BATCH = 20;

/**
 * Looks after turns whose worker fell silent: they are tried again while attempts are left, else they end with a notice.
 * Also starts workers for turns that wait, in case the signal for them was lost.
 */
export async function reapOnce(kit: Kit, supervision: Supervision): Promise<void> {
  const { leaseMs, stopGraceMs, finishLeaseMs } = kit.timings;
  // While the database was away nobody could renew a lease, and where its clock was set, the time of a lease says nothing.
  const steady = (await kit.db.steadyForMs()) > leaseMs;
  const lost = steady
    ? await kit.db.system((tx) => takeOverLost(tx, { seat: kit.seat, stopGraceMs, finishLeaseMs, limit: BATCH }))
    : [];
  for (const turn of lost) {
    try {
      await settle(kit, supervision, turn);
    } catch (error) {
      // Its lease runs out again, and it is taken up again.
      kit.log.error({ err: error, turnId: turn.id }, 'A lost turn could not be settled');
    }
  }
  for (const environmentId of await kit.db.system(environmentsWithWork)) supervision.ensure(environmentId);
}

async function settle(kit: Kit, supervision: Supervision, turn: TurnRow): Promise<void> {
  kit.log.warn({ turnId: turn.id, attempt: turn.attempt }, 'A worker fell silent in a turn');
  // It may still be writing to the tree: a silent worker is ended before anybody else works there.
  if (await supervision.end(turn.environment_id)) {
    // Its other turns were cut off through no fault of theirs.
    await kit.db.system((tx) => releaseLeases(tx, [turn.environment_id]));
  }
  await settleLost(kit, turn);
}

/** Runs the reaper again and again until closed. */
export function startReaper(kit: Kit, supervision: Supervision): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => {
      running = reapOnce(kit, supervision)
        .catch((error: unknown) => kit.log.error({ err: error }, 'The reaper failed'))
        .finally(schedule);
    }, kit.timings.reapEveryMs);
  };
  schedule();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
