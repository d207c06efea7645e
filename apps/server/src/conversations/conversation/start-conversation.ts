import type { Conversation } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import { type Kit, tell } from '../kit.ts';
import { workingProjects } from '../turns/turn-store.ts';
import { activeConversation, closeConversation, findActive, lockConversation } from './conversation-store.ts';
import { conversationView } from './conversation-view.ts';

/** Closes the active conversation of a project and starts a new one. */
export async function startConversation(
  kit: Kit,
  caller: { tenantId: string; userId: string },
  projectId: string,
): Promise<Conversation> {
  const { tenantId, userId } = caller;
  return kit.write(tenantId, async (tx) => {
    if (!(await kit.projects.get(tx, projectId))) throw new DomainError('not_found');
    const current = await findActive(tx, tenantId, projectId);
    // The lock keeps messages out that come at the same time; they see the conversation closed.
    if (current) await lockConversation(tx, tenantId, current.id);
    const working = await workingProjects(tx, tenantId, [projectId]);
    if (working.size > 0) throw new DomainError('mara_is_working');

    const closed = current && (await closeConversation(tx, tenantId, current.id));
    const started = await activeConversation(tx, { tenantId, projectId, userId });
    const changed = [...(closed ? [closed] : []), started];
    await tell(
      tx,
      { tenantId, projectId },
      changed.map((row) => ({ type: 'conversation.updated', conversation: conversationView(row) })),
    );
    return conversationView(started);
  });
}
