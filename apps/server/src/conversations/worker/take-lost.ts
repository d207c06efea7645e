import { settleLost } from '../finish/settle-lost.ts';
import type { Kit } from '../kit.ts';
import { takeOverDead } from '../turns/lease-store.ts';
import type { WorkerEnvironment } from './environments.ts';
import { LeaseLost } from './lease.ts';

/**
 * A worker found that the one before it died in this turn: nothing works in its tree any more, so what follows need not wait
 * for the lease to run out.
 */
export async function takeLost(
  kit: Kit,
  { id: environmentId, tenantId }: WorkerEnvironment,
  turnId: string,
  leaseToken: string,
): Promise<void> {
  const lease = { tenantId, environmentId, id: turnId, leaseToken };
  const turn = await kit.db.tenant(tenantId, (tx) => takeOverDead(tx, lease, kit.timings.finishLeaseMs));
  if (!turn) throw new LeaseLost('This turn is not leased to you any more.');
  kit.log.warn({ turnId, attempt: turn.attempt }, 'A worker died in a turn');
  await settleLost(kit, turn);
}
