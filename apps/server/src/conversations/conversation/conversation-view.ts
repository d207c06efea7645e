import type { Conversation } from '@talkide/contracts';
import type { ConversationRow } from '../../platform/db/index.ts';

/** A conversation as the API shows it. */
export function conversationView(row: ConversationRow): Conversation {
  return {
    id: row.id,
    projectId: row.project_id,
    title: row.title,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
