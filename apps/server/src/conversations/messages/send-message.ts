import type { Message, Turn } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import type { ConversationRow, Tx } from '../../platform/db/index.ts';
import { cleanText } from '../clean.ts';
import {
  activeConversation,
  findConversation,
  lockConversation,
  setTitle,
} from '../conversation/conversation-store.ts';
import { conversationView } from '../conversation/conversation-view.ts';
import { type Kit, messageCreated, tell, turnUpdated } from '../kit.ts';
import { requireAgents, requireOpenProject } from '../turns/may-run.ts';
import { countQueued, insertTurn } from '../turns/turn-store.ts';
import { turnView } from '../turns/turn-view.ts';
import { insertMessage, setTurnOfMessage } from './message-store.ts';
import { messageView } from './message-view.ts';
import { titleFrom } from './title.ts';

const MAX_QUEUED = 20;

export interface Speaker {
  tenantId: string;
  userId: string;
}

/** Keeps the answer of a call in the transaction of its effect. */
type Keep = (tx: Tx, said: { message: Message; turn: Turn }) => Promise<void>;

/** Says something to Mara: the message with its waiting turn, in one transaction. */
export async function sendMessage(
  kit: Kit,
  speaker: Speaker,
  { conversationId, content, keep }: { conversationId: string; content: string; keep: Keep },
): Promise<{ message: Message; turn: Turn }> {
  await requireAgents(kit, speaker.tenantId);
  return kit.write(speaker.tenantId, async (tx) => {
    const conversation = await lockConversation(tx, speaker.tenantId, conversationId);
    if (!conversation) throw new DomainError('not_found');
    const said = await addMessage(kit, tx, speaker, conversation, content);
    await keep(tx, said);
    return said;
  });
}

/** The first message of a project, in the transaction that creates it. */
export async function firstMessage(
  kit: Kit,
  tx: Tx,
  first: Speaker & { projectId: string; content: string },
): Promise<{ message: Message; turn: Turn }> {
  await kit.requireServed(first.tenantId);
  const conversation = await activeConversation(tx, first);
  return addMessage(kit, tx, first, conversation, first.content);
}

async function addMessage(kit: Kit, tx: Tx, speaker: Speaker, conversation: ConversationRow, said: string) {
  if (conversation.status === 'CLOSED') throw new DomainError('conversation_closed');
  const { tenantId, userId } = speaker;
  const project = await requireOpenProject(kit, tx, conversation.project_id);
  if ((await countQueued(tx, tenantId, conversation.id)) >= MAX_QUEUED) throw new DomainError('queue_full');

  const environmentId = project.environment_id ?? (await kit.defaultEnvironment(tx, tenantId)).id;
  const content = cleanText(said);
  const draft = await insertMessage(tx, {
    tenantId,
    conversationId: conversation.id,
    turnId: null,
    role: 'USER',
    content,
  });
  const turn = await insertTurn(tx, {
    tenantId,
    projectId: project.id,
    environmentId,
    conversationId: conversation.id,
    userId,
    messageId: draft.id,
    kind: 'USER',
  });
  const message = await setTurnOfMessage(tx, tenantId, draft.id, turn.id);
  if (conversation.title === '') await setTitle(tx, tenantId, conversation.id, titleFrom(content));
  const touched = await findConversation(tx, tenantId, conversation.id);

  await kit.signals.queued(tx, environmentId);
  await tell(tx, { tenantId, projectId: project.id }, [
    ...(touched ? [{ type: 'conversation.updated' as const, conversation: conversationView(touched) }] : []),
    messageCreated(project.id, message),
    turnUpdated(turn),
  ]);
  await kit.projects.announce(tx, project.id);
  return { message: messageView(message), turn: turnView(turn) };
}
