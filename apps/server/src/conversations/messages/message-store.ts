import type { MessagePayload, QuestionPayload, ResultPayload } from '@talkide/contracts';
import type { z } from 'zod';
import type { MessageRow, Tx } from '../../platform/db/index.ts';

export interface NewMessage {
  tenantId: string;
  conversationId: string;
  turnId: string | null;
  role: MessageRow['role'];
  content: string;
  /** `repair` is for the platform only: it never leaves through the API. */
  payload?: (MessagePayload | z.infer<typeof QuestionPayload>) & { repair?: unknown };
}

const KINDS = { question: 'QUESTION', notice: 'NOTICE', result: 'TEXT' } as const;

export async function insertMessage(tx: Tx, message: NewMessage): Promise<MessageRow> {
  return tx
    .insertInto('message')
    .values({
      tenant_id: message.tenantId,
      conversation_id: message.conversationId,
      turn_id: message.turnId,
      role: message.role,
      kind: message.payload ? KINDS[message.payload.type] : 'TEXT',
      agent_role: message.role === 'PM' ? 'talkide-pm' : null,
      content: message.content,
      payload_json: message.payload ? JSON.stringify(message.payload) : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function setTurnOfMessage(tx: Tx, tenantId: string, id: string, turnId: string): Promise<MessageRow> {
  return tx
    .updateTable('message')
    .set({ turn_id: turnId })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function setResult(
  tx: Tx,
  tenantId: string,
  id: string,
  result: z.infer<typeof ResultPayload>,
): Promise<MessageRow> {
  return tx
    .updateTable('message')
    .set({ payload_json: JSON.stringify(result) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findMessage(tx: Tx, tenantId: string, id: string): Promise<MessageRow | undefined> {
  return tx.selectFrom('message').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
}

/** What Mara said in a turn, in order. */
export async function messagesOfMara(tx: Tx, tenantId: string, turnId: string): Promise<MessageRow[]> {
  return tx
    .selectFrom('message')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('turn_id', '=', turnId)
    .where('role', '=', 'PM')
    .orderBy('id')
    .execute();
}

/** Newest first. */
export async function listMessages(
  tx: Tx,
  filter: { tenantId: string; conversationId: string; beforeId: string | null; limit: number },
): Promise<MessageRow[]> {
  const query = tx
    .selectFrom('message')
    .selectAll()
    .where('tenant_id', '=', filter.tenantId)
    .where('conversation_id', '=', filter.conversationId)
    .orderBy('id', 'desc')
    .limit(filter.limit);
  return (filter.beforeId ? query.where('id', '<', filter.beforeId) : query).execute();
}
