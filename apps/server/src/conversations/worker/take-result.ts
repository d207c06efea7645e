import type { TurnResult } from '@talkide/contracts';
import { finishTurn } from '../finish/finish-turn.ts';
import { outcomeOf } from '../finish/outcome.ts';
import type { Kit } from '../kit.ts';
import { beginFinish } from '../turns/lease-store.ts';
import { hasEnded } from '../turns/transitions.ts';
import { findTurn } from '../turns/turn-store.ts';
import type { WorkerEnvironment } from './environments.ts';
import { LeaseLost } from './lease.ts';

/** Ends of turns under way, so that a worker that asks again waits for the same end. */
export type Finishing = Map<string, Promise<void>>;

/** Takes the result of a turn; the same lease may report it any number of times. */
export async function takeResult(
  kit: Kit,
  environment: WorkerEnvironment,
  turnId: string,
  result: TurnResult,
  finishing: Finishing,
): Promise<void> {
  await endOnce(finishing, turnId, result.leaseToken, () => finish(kit, environment, turnId, result));
}

/** Ends a turn for a lease, or waits for the end that is under way. */
export async function endOnce(
  finishing: Finishing,
  turnId: string,
  leaseToken: string,
  end: () => Promise<void>,
): Promise<void> {
  const key = `${turnId} ${leaseToken}`;
  const running = finishing.get(key) ?? end().finally(() => finishing.delete(key));
  finishing.set(key, running);
  await running;
}

async function finish(kit: Kit, environment: WorkerEnvironment, turnId: string, result: TurnResult): Promise<void> {
  const { id: environmentId, tenantId } = environment;
  const { leaseToken } = result;
  const held = await kit.db.tenant(tenantId, (tx) =>
    beginFinish(tx, { tenantId, environmentId, id: turnId, leaseToken }, kit.timings.finishLeaseMs),
  );
  if (!held) {
    const turn = await kit.db.tenant(tenantId, (tx) => findTurn(tx, tenantId, turnId));
    const done = turn?.environment_id === environmentId && turn.lease_token === leaseToken && hasEnded(turn.status);
    if (done) return;
    throw new LeaseLost('This turn is not leased to you any more.');
  }
  if (result.outcome === 'FAILED') {
    kit.log.warn({ turnId, code: result.errorCode, detail: result.errorDetail }, 'A turn failed');
  }
  const { enabled: agentsOff } = await kit.killSwitch('agent-turns');
  const outcome = outcomeOf(result, { agentsOff, refusedBy: held.refused_by });
  const ended = await finishTurn(kit, { ...held, lease_token: leaseToken }, outcome);
  if (!ended) throw new LeaseLost('This turn is not leased to you any more.');
}
