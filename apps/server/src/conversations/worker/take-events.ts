import type { EventsAck, StoredEvent, WorkerEvent, WorkerEvents } from '@talkide/contracts';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { TurnRow, Tx } from '../../platform/db/index.ts';
import { insertActivity } from '../activities/activity-store.ts';
import { activityView } from '../activities/activity-view.ts';
import { findConversation, lockConversation, setSession } from '../conversation/conversation-store.ts';
import { conversationView } from '../conversation/conversation-view.ts';
import { endSaidBlocks, publishDeltas, type Said } from '../feed/publish-text.ts';
import { type Kit, messageCreated, scopeOf, tell } from '../kit.ts';
import { insertMessage } from '../messages/message-store.ts';
import { notices, noticeText } from '../messages/notices.ts';
import { findTurn, lockTurn } from '../turns/turn-store.ts';
import { localeOf } from './assignment.ts';
import type { WorkerEnvironment } from './environments.ts';
import { requireLease } from './lease.ts';
import { nextInOrder } from './order.ts';

/** Records what a worker reports, once and in order, and passes on the text that is being written. */
export async function takeEvents(
  kit: Kit,
  environment: WorkerEnvironment,
  turnId: string,
  body: z.infer<typeof WorkerEvents>,
): Promise<z.infer<typeof EventsAck>> {
  const { tenantId } = environment;
  if (body.events.length === 0) {
    const turn = await kit.db.tenant(tenantId, (tx) => findTurn(tx, tenantId, turnId));
    const held = requireLease(turn, environment.id, body.leaseToken);
    await publishDeltas(kit, held, body.live);
    return ackOf(held);
  }
  const found = await kit.db.tenant(tenantId, (tx) => findTurn(tx, tenantId, turnId));
  const held = requireLease(found, environment.id, body.leaseToken);
  // Before the rows that close these blocks, so that no browser sees the text twice.
  await publishDeltas(kit, held, body.live);
  takeUsage(kit, held, body.events);
  const { turn, said } = await kit.write(tenantId, async (tx) => {
    await lockConversation(tx, tenantId, held.conversation_id);
    const locked = requireLease(await lockTurn(tx, tenantId, turnId), environment.id, body.leaseToken);
    return record(tx, locked, body.events);
  });
  await endSaidBlocks(kit, turn, said, body.live);
  return ackOf(turn);
}

const ackOf = (turn: TurnRow) => ({ ackedSeq: Number(turn.last_seq), stop: turn.stop_requested_at !== null });

async function record(tx: Tx, turn: TurnRow, events: readonly WorkerEvent[]) {
  const fresh = nextInOrder(Number(turn.last_seq), events);
  const stored: StoredEvent[] = [];
  const said: Said[] = [];
  for (const event of fresh) {
    stored.push(...(await recordOne(tx, turn, event)));
    if (event.type === 'message') said.push({ agentRole: 'talkide-pm', text: event.content });
    if (event.type === 'activity' && event.eventType === 'AGENT_MESSAGE') {
      said.push({ agentRole: event.agentRole, text: event.description });
    }
  }
  const last = fresh.at(-1);
  if (!last) return { turn, said };
  const moved = await tx
    .updateTable('turn')
    .set({ last_seq: sql`${last.seq}` })
    .where('tenant_id', '=', turn.tenant_id)
    .where('id', '=', turn.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await tell(tx, scopeOf(turn), stored);
  return { turn: moved, said };
}

/** A call counts once by its id, so events that are sent again change nothing. */
function takeUsage(kit: Kit, turn: TurnRow, events: readonly WorkerEvent[]): void {
  const calls = events.flatMap((event) => (event.type === 'usage' ? [event.call] : []));
  if (calls.length === 0) return;
  if (kit.recordUsage) kit.recordUsage(turn, calls);
  else kit.log.warn({ turnId: turn.id }, 'A worker told of usage that the gateway meters');
}

async function recordOne(tx: Tx, turn: TurnRow, event: WorkerEvent): Promise<StoredEvent[]> {
  if (event.type === 'activity') {
    return [{ type: 'activity.created', activity: activityView(await insertActivity(tx, turn, event)) }];
  }
  if (event.type === 'usage') return [];
  if (event.type === 'session') return recordSession(tx, turn, event);
  const message = await insertMessage(tx, {
    tenantId: turn.tenant_id,
    conversationId: turn.conversation_id,
    turnId: turn.id,
    role: 'PM',
    content: event.content,
    ...(event.question ? { payload: event.question } : {}),
  });
  const conversation = await findConversation(tx, turn.tenant_id, turn.conversation_id);
  return [
    messageCreated(turn.project_id, message),
    ...(conversation ? [{ type: 'conversation.updated' as const, conversation: conversationView(conversation) }] : []),
  ];
}

async function recordSession(
  tx: Tx,
  turn: TurnRow,
  event: Extract<WorkerEvent, { type: 'session' }>,
): Promise<StoredEvent[]> {
  await setSession(tx, turn.tenant_id, turn.conversation_id, event.sessionId);
  if (!event.regenerated) return [];
  const message = await insertMessage(tx, {
    tenantId: turn.tenant_id,
    conversationId: turn.conversation_id,
    turnId: turn.id,
    role: 'SYSTEM',
    content: noticeText('session_regenerated', await localeOf(tx, turn.user_id)),
    payload: {
      type: 'notice',
      code: 'session_regenerated',
      action: notices.session_regenerated.action,
      turnId: turn.id,
    },
  });
  return [messageCreated(turn.project_id, message)];
}
