import type { Turn } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import type { TurnRow, Tx } from '../../platform/db/index.ts';
import { lockConversation } from '../conversation/conversation-store.ts';
import { type Kit, scopeOf, tell, turnUpdated } from '../kit.ts';
import { requireAgents, requireOpenProject } from './may-run.ts';
import { findTurn, insertTurn } from './turn-store.ts';
import { turnView } from './turn-view.ts';

const RETRYABLE = new Set<TurnRow['status']>(['FAILED', 'CANCELLED']);

/** Queues the message of a failed or stopped turn again, once. */
export async function retryTurn(kit: Kit, caller: { tenantId: string; userId: string }, turnId: string): Promise<Turn> {
  const { tenantId, userId } = caller;
  await requireAgents(kit, tenantId);
  return kit.write(tenantId, async (tx) => {
    const turn = await findTurn(tx, tenantId, turnId);
    const conversation = turn && (await lockConversation(tx, tenantId, turn.conversation_id));
    if (!turn || !conversation) throw new DomainError('not_found');
    const { message_id: messageId } = turn;
    if (!RETRYABLE.has(turn.status) || messageId === null || (await wasRetried(tx, turn))) {
      throw new DomainError('turn_not_retryable');
    }
    if (conversation.status === 'CLOSED') throw new DomainError('conversation_closed');
    await requireOpenProject(kit, tx, turn.project_id);

    const again = await insertTurn(tx, {
      tenantId,
      projectId: turn.project_id,
      environmentId: turn.environment_id,
      conversationId: turn.conversation_id,
      userId,
      messageId,
      kind: turn.kind,
    });
    await kit.signals.queued(tx, again.environment_id);
    await tell(tx, scopeOf(again), [turnUpdated(again)]);
    await kit.projects.announce(tx, again.project_id);
    return turnView(again);
  });
}

/** A later turn of the same message waits, runs or did it. */
async function wasRetried(tx: Tx, turn: TurnRow): Promise<boolean> {
  const later = await tx
    .selectFrom('turn')
    .select('id')
    .where('tenant_id', '=', turn.tenant_id)
    .where('message_id', '=', turn.message_id)
    .where('id', '>', turn.id)
    .where('status', 'not in', ['FAILED', 'CANCELLED'])
    .executeTakeFirst();
  return later !== undefined;
}
