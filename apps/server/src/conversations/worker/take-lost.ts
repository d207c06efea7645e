import { settleLost } from '../finish/settle-lost.ts';
import type { Kit } from '../kit.ts';
import { beginFinish, releaseLeases } from '../turns/lease-store.ts';
import type { WorkerEnvironment } from './environments.ts';
import { LeaseLost } from './lease.ts';
import { endOnce, type Finishing } from './take-result.ts';

/**
 * A worker found, before it claimed any turn, that the one before it died in this one: nothing works in its tree any more, so
 * what follows need not wait for the lease to run out. May be repeated until it is answered.
 */
export async function takeLost(
  kit: Kit,
  environment: WorkerEnvironment,
  turnId: string,
  leaseToken: string,
  finishing: Finishing,
): Promise<void> {
  await endOnce(finishing, turnId, leaseToken, () => giveBack(kit, environment, turnId, leaseToken));
}

async function giveBack(
  kit: Kit,
  { id: environmentId, tenantId }: WorkerEnvironment,
  turnId: string,
  leaseToken: string,
): Promise<void> {
  const lease = { tenantId, environmentId, id: turnId, leaseToken };
  const turn = await kit.db.system(async (tx) => {
    const held = await beginFinish(tx, lease, kit.timings.finishLeaseMs);
    // One turn is blamed for the death; the worker's others were cut off through no fault of theirs.
    if (held) await releaseLeases(tx, [environmentId]);
    return held;
  });
  if (!turn) throw new LeaseLost('This turn is not leased to you any more.');
  kit.log.warn({ turnId, attempt: turn.attempt }, 'A worker died in a turn');
  await settleLost(kit, turn);
}
