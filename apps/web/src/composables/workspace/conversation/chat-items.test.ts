import type { Activity, Message, Turn } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { applyFeedEvent } from '@/feed/reducer';
import { byId, emptyWorld, type World } from '@/feed/world';
import { type ChatItem, chatItems } from './chat-items';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString();
const message = (id: string, second: number, more: Partial<Message> = {}): Message => ({
  id,
  conversationId: '1',
  turnId: null,
  role: 'USER',
  content: `text ${id}`,
  payload: null,
  createdAt: at(second),
  ...more,
});
const turn = (id: string, messageId: string, second: number, more: Partial<Turn> = {}): Turn => ({
  id,
  projectId: '1',
  conversationId: '1',
  messageId,
  kind: 'USER',
  status: 'RUNNING',
  errorCode: null,
  costUsd: '0',
  inputTokens: 0,
  outputTokens: 0,
  createdAt: at(second),
  startedAt: at(second),
  finishedAt: null,
  ...more,
});
const activity = (id: string, turnId: string, second: number, more: Partial<Activity> = {}): Activity => ({
  id,
  projectId: '1',
  conversationId: '1',
  turnId,
  agentRole: 'talkide-pm',
  eventType: 'TOOL_USE',
  parentActivityId: null,
  description: 'Reads the home page',
  toolName: 'Read',
  toolCategory: 'READING',
  toolSummary: 'Reads src/pages/Home.vue',
  createdAt: at(second),
  ...more,
});
const worldOf = (messages: Message[], turns: Turn[], activities: Activity[] = []): World => ({
  ...emptyWorld,
  messages: byId(messages),
  turns: byId(turns),
  activities: byId(activities),
});
const keys = (items: ChatItem[]) => items.map((item) => item.key);

describe('chatItems', () => {
  it('puts what was done between the request and the answer', () => {
    const world = worldOf(
      [message('1', 0), message('2', 20, { role: 'PM', turnId: '5' })],
      [turn('5', '1', 1, { status: 'SUCCEEDED' })],
      [
        activity('7', '5', 2),
        activity('8', '5', 3),
        activity('9', '5', 4, { eventType: 'TASK_STARTED', agentRole: 'talkide-tester' }),
        activity('10', '5', 5, { parentActivityId: '9' }),
      ],
    );
    expect(keys(chatItems(world, '1'))).toEqual(['message-1', 'tools-7', 'task-9', 'message-2']);
  });

  it('keeps what waits below what runs, though it was sent in between', () => {
    const world = worldOf(
      [message('1', 0), message('2', 5), message('3', 9, { role: 'PM', turnId: '5' })],
      [turn('5', '1', 1), turn('6', '2', 5, { status: 'QUEUED', startedAt: null })],
    );
    const items = chatItems(world, '1');
    expect(keys(items)).toEqual(['message-1', 'message-3', 'status-5', 'message-2']);
    expect(items.at(-1)?.kind).toBe('queued');
  });

  it('shows the next turn as begun when nothing else runs', () => {
    const world = worldOf([message('1', 0)], [turn('5', '1', 0, { status: 'QUEUED', startedAt: null })]);
    expect(chatItems(world, '1').map((item) => item.kind)).toEqual(['message', 'status']);
  });

  it('marks a message that was taken back and leaves it where it was', () => {
    const world = worldOf(
      [message('1', 0), message('2', 30)],
      [turn('5', '1', 0, { status: 'CANCELLED', startedAt: null }), turn('6', '2', 31, { status: 'SUCCEEDED' })],
    );
    expect(chatItems(world, '1').map((item) => item.kind)).toEqual(['queued', 'message']);
  });

  it('does not repeat the request when a turn is tried again', () => {
    const world = worldOf(
      [message('1', 0), message('2', 4, { role: 'SYSTEM', turnId: '5' })],
      [turn('5', '1', 1, { status: 'FAILED' }), turn('6', '1', 9)],
    );
    expect(keys(chatItems(world, '1'))).toEqual(['message-1', 'message-2', 'status-6']);
  });

  it('leaves out other conversations and places messages without a known turn by time', () => {
    const world = worldOf(
      [message('1', 0, { conversationId: '2' }), message('2', 1, { role: 'PM', turnId: '99' }), message('3', 2)],
      [],
    );
    expect(keys(chatItems(world, '1'))).toEqual(['message-2', 'message-3']);
  });
});

describe('live text', () => {
  const start = worldOf([message('1', 0)], [turn('5', '1', 1)]);
  const delta = (offset: number, text: string, block = 1) =>
    ({ type: 'text.delta', projectId: '1', turnId: '5', agentRole: 'talkide-pm', block, offset, text }) as const;
  const shown = (world: World) =>
    chatItems(world, '1').flatMap((item) => (item.kind === 'live' ? [item.text.text] : []));

  it('grows by its pieces; repeated ones change nothing', () => {
    const pieces = [delta(0, 'I will '), delta(7, 'add'), delta(0, 'I will '), delta(7, 'add')];
    expect(shown(pieces.reduce<World>(applyFeedEvent, start))).toEqual(['I will add']);
  });

  it('waits for a snapshot when a piece was missed', () => {
    const broken = [delta(0, 'I will '), delta(11, 'form')].reduce<World>(applyFeedEvent, start);
    expect(shown(broken)).toEqual(['I will ']);
    const whole = applyFeedEvent(broken, { ...delta(0, ''), type: 'text.snapshot', text: 'I will add form' });
    expect(shown(applyFeedEvent(whole, delta(15, 's')))).toEqual(['I will add forms']);
  });

  it('gives way to the message that says the same, before its own end is told', () => {
    const writing = applyFeedEvent(start, delta(0, 'All is done.'));
    const said = applyFeedEvent(writing, {
      type: 'message.created',
      projectId: '1',
      message: message('2', 9, { role: 'PM', turnId: '5', content: 'All is done.' }),
    });
    expect(shown(said)).toEqual([]);
    expect(shown(applyFeedEvent(said, delta(0, 'Next I', 2)))).toEqual(['Next I']);
  });

  it('gives way to what was said in passing, and ends with its turn', () => {
    const writing = applyFeedEvent(start, delta(0, 'First the form.'));
    const passed = applyFeedEvent(writing, {
      type: 'activity.created',
      activity: activity('7', '5', 3, { eventType: 'AGENT_MESSAGE', description: 'First the form.' }),
    });
    expect(shown(passed)).toEqual([]);
    const ended = applyFeedEvent(writing, { type: 'turn.updated', turn: turn('5', '1', 1, { status: 'CANCELLED' }) });
    expect(shown(ended)).toEqual([]);
  });
});
