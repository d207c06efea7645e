import type { ConversationView } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import { lastEventId } from '../../platform/events.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { listActivities } from '../activities/activity-store.ts';
import { activityView } from '../activities/activity-view.ts';
import type { Kit } from '../kit.ts';
import { listMessages } from '../messages/message-store.ts';
import { messageView } from '../messages/message-view.ts';
import { turnsOf } from '../turns/turn-store.ts';
import { turnView } from '../turns/turn-view.ts';
import { activeConversation } from './conversation-store.ts';
import { conversationView } from './conversation-view.ts';

const MESSAGES = 50;
const ACTIVITIES = 500;

/** Everything the chat draws after a reload, oldest first. */
export async function activeConversationView(
  kit: Kit,
  caller: { tenantId: string; userId: string },
  projectId: string,
): Promise<ConversationView> {
  const { tenantId, userId } = caller;
  return kit.write(tenantId, async (tx) => {
    if (!(await kit.projects.get(tx, projectId))) throw new DomainError('not_found');
    const conversation = await activeConversation(tx, { tenantId, projectId, userId });
    // Read first: what is committed while the rest is read then comes again with the feed, and changes nothing.
    const followFrom = await lastEventId(tx, { tenantId, projectId });
    const rows = await listMessages(tx, {
      tenantId,
      conversationId: conversation.id,
      beforeId: null,
      limit: MESSAGES + 1,
    });
    const { items, nextCursor } = toPage(
      rows,
      MESSAGES,
      (row) => [row.id],
      (row) => row,
    );
    const turns = await turnsOf(
      tx,
      tenantId,
      conversation.id,
      items.map((row) => row.id),
    );
    const turnIds = turns.map((turn) => turn.id);
    const activities =
      turnIds.length === 0
        ? []
        : await listActivities(tx, { tenantId, projectId, turnIds, beforeId: null, limit: ACTIVITIES });
    return {
      conversation: conversationView(conversation),
      messages: items.toReversed().map(messageView),
      turns: turns.map(turnView),
      activities: activities.toReversed().map(activityView),
      messagesCursor: nextCursor,
      lastEventId: followFrom,
    };
  });
}
