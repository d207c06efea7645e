import type { Turn } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import { type Kit, scopeOf, tell, turnUpdated } from '../kit.ts';
import { cancelQueued, lockTurn, requestStop } from './turn-store.ts';
import { turnView } from './turn-view.ts';

/** Takes a waiting turn back at once, or asks the worker of a running one to stop. */
export async function stopTurn(kit: Kit, tenantId: string, turnId: string): Promise<Turn> {
  return kit.write(tenantId, async (tx) => {
    const turn = await lockTurn(tx, tenantId, turnId);
    if (!turn) throw new DomainError('not_found');
    const cancelled = await cancelQueued(tx, tenantId, turnId);
    const stopping = cancelled ?? (await requestStop(tx, tenantId, turnId));
    if (!stopping) throw new DomainError('turn_ended');

    await kit.signals.stop(tx, turnId);
    if (cancelled) {
      // What waited behind it may go on.
      await kit.signals.freed(tx, cancelled.environment_id);
      await tell(tx, scopeOf(cancelled), [turnUpdated(cancelled)]);
      await kit.projects.announce(tx, cancelled.project_id);
    }
    return turnView(stopping);
  });
}
