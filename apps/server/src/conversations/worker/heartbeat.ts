import type { HeartbeatAnswer } from '@talkide/contracts';
import type { z } from 'zod';
import type { Kit } from '../kit.ts';
import { extendLease } from '../turns/lease-store.ts';
import { findTurn } from '../turns/turn-store.ts';
import type { WorkerEnvironment } from './environments.ts';
import { LeaseLost, requireLease } from './lease.ts';

/** Keeps a lease alive; held until a stop is asked for, or the hold time is over. */
export async function heartbeat(
  kit: Kit,
  environment: WorkerEnvironment,
  turnId: string,
  leaseToken: string,
  abort: AbortSignal,
): Promise<z.infer<typeof HeartbeatAnswer>> {
  const { id: environmentId, tenantId } = environment;
  const round = new AbortController();
  const awaited = kit.signals.nextStop(turnId, kit.timings.heartbeatHoldMs, AbortSignal.any([abort, round.signal]));
  try {
    const kept = await kit.db.tenant(tenantId, (tx) =>
      extendLease(tx, { tenantId, environmentId, id: turnId, leaseToken }, kit.timings),
    );
    if (!kept) throw new LeaseLost('This turn is not leased to you any more.');
    if (kept.stop_requested_at) return { stop: true };
    await awaited;
    const turn = await kit.db.tenant(tenantId, (tx) => findTurn(tx, tenantId, turnId));
    return { stop: requireLease(turn, environmentId, leaseToken).stop_requested_at !== null };
  } finally {
    round.abort();
  }
}
