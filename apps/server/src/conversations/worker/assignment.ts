import { randomUUID } from 'node:crypto';
import type { TurnAssignment } from '@talkide/contracts';
import { z } from 'zod';
import type { MessageRow, TurnRow, Tx } from '../../platform/db/index.ts';
import { findConversation } from '../conversation/conversation-store.ts';
import { type Kit, scopeOf } from '../kit.ts';
import { findMessage } from '../messages/message-store.ts';
import type { TalkedProject } from '../ports.ts';
import { failureNote, RepairFacts, repairPrompt } from '../repair/repair-prompt.ts';
import { latestFailure } from '../repair/repair-store.ts';

/** What a worker needs to run a turn it has just leased. */
export async function assignmentOf(
  kit: Kit,
  tx: Tx,
  turn: TurnRow,
  project: TalkedProject,
  gatewayToken: string,
): Promise<TurnAssignment> {
  const conversation = await findConversation(tx, turn.tenant_id, turn.conversation_id);
  const message = turn.message_id && (await findMessage(tx, turn.tenant_id, turn.message_id));
  if (!conversation || !message || !turn.lease_token) throw new Error(`turn ${turn.id} has no message to answer`);
  return {
    turnId: turn.id,
    leaseToken: turn.lease_token,
    attempt: turn.attempt,
    projectId: project.id,
    projectName: project.name,
    conversationId: conversation.id,
    sessionId: conversation.session_id,
    newSessionId: randomUUID(),
    tree: project.id,
    kind: turn.kind,
    prompt: await promptOf(tx, turn, message),
    locale: await localeOf(tx, turn.user_id),
    stack: kit.stack(project.stack_id),
    variables: await kit.variableNames(tx, scopeOf(turn)),
    model: kit.model,
    gatewayToken,
    nextSeq: Number(turn.last_seq) + 1,
  };
}

const RepairPayload = z.object({ repair: RepairFacts });

async function promptOf(tx: Tx, turn: TurnRow, message: MessageRow): Promise<string> {
  const repair = RepairPayload.safeParse(message.payload_json).data?.repair;
  if (repair) return repairPrompt(repair);
  const failure = await latestFailure(tx, turn.tenant_id, turn.project_id);
  return failure ? `${message.content}\n\n${failureNote(failure)}` : message.content;
}

/** The language the person has chosen. */
export async function localeOf(tx: Tx, userId: string): Promise<'en' | 'cs'> {
  const user = await tx.selectFrom('users').select('locale').where('id', '=', userId).executeTakeFirst();
  return user?.locale ?? 'en';
}
