import { type Message, MessagePayload } from '@talkide/contracts';
import type { MessageRow } from '../../platform/db/index.ts';

/** A message as the API shows it. Parsing the payload leaves out what only the platform reads. */
export function messageView(row: MessageRow): Message {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    turnId: row.turn_id,
    role: row.role,
    content: row.content,
    payload: MessagePayload.safeParse(row.payload_json).data ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
