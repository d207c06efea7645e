import type { TurnRow } from '../../platform/db/index.ts';
import { endAllBlocks } from '../feed/publish-text.ts';
import { type Kit, scopeOf, tell, turnUpdated } from '../kit.ts';
import { requeue } from '../turns/lease-store.ts';
import { afterLostLease } from '../turns/transitions.ts';
import { finishTurn, type HeldTurn } from './finish-turn.ts';

/** What becomes of a turn that was taken over from a worker which does not work on it any more. */
export async function settleLost(kit: Kit, turn: TurnRow): Promise<void> {
  if (turn.lease_token === null) return;
  const held: HeldTurn = { ...turn, lease_token: turn.lease_token };
  const next = afterLostLease({ attempt: turn.attempt, stopRequested: turn.stop_requested_at !== null });
  if (next === 'STOP') await finishTurn(kit, held, { kind: 'STOPPED' });
  if (next === 'FAIL') await finishTurn(kit, held, { kind: 'FAILED', code: 'worker_lost' });
  if (next === 'REQUEUE') await putBack(kit, held);
}

async function putBack(kit: Kit, held: HeldTurn): Promise<void> {
  await endAllBlocks(kit, held);
  await kit.write(held.tenant_id, async (tx) => {
    const turn = await requeue(tx, { tenantId: held.tenant_id, id: held.id, leaseToken: held.lease_token });
    if (!turn) return;
    await kit.signals.queued(tx, turn.environment_id);
    await tell(tx, scopeOf(turn), [turnUpdated(turn)]);
  });
}
