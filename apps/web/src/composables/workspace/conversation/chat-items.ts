import type { Activity, Message, Turn } from '@talkide/contracts';
import { inOrder, type LiveText, type World } from '@/feed/world';
import { stepTime, type WorkStep, workSteps } from './work-steps';

export type ChatItem = ItemKind & {
  /** What it is the first of: of this turn. */
  begins?: string;
};

type ItemKind =
  | { kind: 'message'; key: string; message: Message }
  /** Waits for Mara, or was taken back before she read it. */
  | { kind: 'queued'; key: string; message: Message; turn: Turn }
  | { kind: 'work'; key: string; step: WorkStep; turn: Turn }
  | { kind: 'live'; key: string; text: LiveText }
  | { kind: 'status'; key: string; turn: Turn };

/** Sorts after every time: what waits stands at the end. */
const WAITING = '~';

type Timed = { at: string; item: ChatItem };

const byTime = (a: { at: string }, b: { at: string }): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
const words = (text: string): string => text.replace(/\s+/g, ' ').replace(/…$/, '').trim();

/** Whether live text is stored already: its end may reach the page after the message that holds it. */
function isStored(live: string, stored: readonly string[]): boolean {
  const said = words(live);
  // A short beginning may stand anywhere by chance.
  return (
    said === '' || stored.map(words).some((text) => text.startsWith(said) || (said.length > 40 && text.includes(said)))
  );
}

function stepKey(step: WorkStep): string {
  if (step.kind === 'task') return `task-${step.started.id}`;
  if (step.kind === 'said') return `said-${step.activity.id}`;
  return `tools-${step.tools[0]?.id}`;
}

interface TurnParts {
  turn: Turn;
  /** Mara works on it, or it is the next she takes. */
  isCurrent: boolean;
  trigger: Message | undefined;
  replies: readonly Message[];
  activities: readonly Activity[];
  live: readonly LiveText[];
}

const waits = (turn: Turn): boolean => turn.status === 'QUEUED' || (turn.status === 'CANCELLED' && !turn.startedAt);

function turnItems({ turn, isCurrent, trigger, replies, activities, live }: TurnParts): ChatItem[] {
  if (waits(turn) && !isCurrent) {
    return trigger ? [{ kind: 'queued', key: `message-${trigger.id}`, message: trigger, turn }] : [];
  }
  const timed: Timed[] = [
    ...workSteps(activities).map(
      (step): Timed => ({ at: stepTime(step), item: { kind: 'work', key: stepKey(step), step, turn } }),
    ),
    ...replies.map(
      (message): Timed => ({ at: message.createdAt, item: { kind: 'message', key: `message-${message.id}`, message } }),
    ),
  ].sort(byTime);
  const stored = [
    ...replies.map((message) => message.content),
    ...activities.filter((one) => one.eventType === 'AGENT_MESSAGE').map((one) => one.description),
  ];
  const written = live.filter((text) => !isStored(text.text, stored)).sort((a, b) => a.block - b.block);
  return [
    ...(trigger ? [{ kind: 'message', key: `message-${trigger.id}`, message: trigger } as const] : []),
    ...timed.map((one) => one.item),
    ...written.map((text) => ({ kind: 'live', key: `live-${turn.id}-${text.agentRole}-${text.block}`, text }) as const),
    ...(isCurrent ? [{ kind: 'status', key: `status-${turn.id}`, turn } as const] : []),
  ];
}

const beginning = ({ turnId }: Message): { begins?: string } => (turnId === null ? {} : { begins: turnId });

/** The turn that Mara works on; else the one she takes next. */
export const currentTurn = (turns: readonly Turn[]): Turn | null =>
  turns.find((turn) => turn.status === 'RUNNING') ?? turns.find((turn) => turn.status === 'QUEUED') ?? null;

/** The chat from top to bottom: what was said, what was done between, and at the end what still waits. */
export function chatItems(world: World, conversationId: string): ChatItem[] {
  const messages = inOrder(world.messages).filter((one) => one.conversationId === conversationId);
  const turns = inOrder(world.turns).filter((one) => one.conversationId === conversationId);
  const activities = Map.groupBy(inOrder(world.activities), (one) => one.turnId);
  const live = Map.groupBy(Object.values(world.liveTexts), (one) => one.turnId);
  const replies = Map.groupBy(messages, (one) => (one.role === 'USER' ? null : one.turnId));
  const byMessage = new Map(messages.map((one) => [one.id, one]));

  const current = currentTurn(turns);
  const placed = new Set<string>();
  const blocks = turns.map((turn) => {
    const trigger = placed.has(turn.messageId) ? undefined : byMessage.get(turn.messageId);
    // A repair answers a notice of the turn before, where it is shown already.
    const own = trigger?.role === 'USER' ? trigger : undefined;
    if (own) placed.add(own.id);
    const answers = (replies.get(turn.id) ?? []).filter((one) => !placed.has(one.id));
    for (const message of answers) placed.add(message.id);
    const at = turn.status === 'QUEUED' ? WAITING : (turn.startedAt ?? turn.createdAt);
    const items = turnItems({
      turn,
      isCurrent: turn === current,
      trigger: own,
      replies: answers,
      activities: activities.get(turn.id) ?? [],
      live: live.get(turn.id) ?? [],
    });
    return { at, items: items.map((item, i) => (i === 0 ? { ...item, begins: turn.id } : item)) };
  });
  // Of turns that are not known here: what was said long ago.
  const loose = messages
    .filter((one) => !placed.has(one.id))
    .map((message) => ({
      at: message.createdAt,
      items: [{ kind: 'message', key: `message-${message.id}`, message, ...beginning(message) } as const],
    }));
  return [...blocks, ...loose].sort(byTime).flatMap((block) => block.items);
}
