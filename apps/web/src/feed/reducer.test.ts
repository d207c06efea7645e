import type { Activity, FeedEvent, Project, Turn } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { applyFeedEvent } from './reducer';
import { emptyWorld, inOrder, type World } from './world';

const turn = (over: Partial<Turn> = {}): Turn => ({
  id: '5',
  projectId: '1',
  conversationId: '2',
  messageId: '3',
  kind: 'USER',
  status: 'RUNNING',
  errorCode: null,
  costUsd: '0',
  inputTokens: 0,
  outputTokens: 0,
  createdAt: '2026-11-22T10:00:00Z',
  startedAt: null,
  finishedAt: null,
  ...over,
});
const delta = (offset: number, text: string): FeedEvent => ({
  type: 'text.delta',
  projectId: '1',
  turnId: '5',
  agentRole: 'talkide-pm',
  block: 0,
  offset,
  text,
});
const snapshot = (text: string): FeedEvent => ({
  type: 'text.snapshot',
  projectId: '1',
  turnId: '5',
  agentRole: 'talkide-pm',
  block: 0,
  text,
});
const after = (events: FeedEvent[], world: World = emptyWorld): World => events.reduce(applyFeedEvent, world);
const liveText = (world: World): string | undefined => world.liveTexts['5:talkide-pm:0']?.text;

describe('live text', () => {
  it('grows by deltas', () => {
    expect(liveText(after([delta(0, 'Hel'), delta(3, 'lo')]))).toBe('Hello');
  });
  it('is the same when a delta comes twice, or late', () => {
    expect(liveText(after([delta(0, 'Hel'), delta(3, 'lo'), delta(3, 'lo'), delta(0, 'Hel')]))).toBe('Hello');
  });
  it('waits for a snapshot when a piece is missing', () => {
    const gap = after([delta(0, 'Hel'), delta(5, '!')]);
    expect(liveText(gap)).toBe('Hel');
    expect(liveText(after([snapshot('Hello'), delta(5, '!')], gap))).toBe('Hello!');
  });
  it('ends with an empty snapshot, and with its turn', () => {
    expect(liveText(after([delta(0, 'a'), snapshot('')]))).toBeUndefined();
    const ended: FeedEvent = { type: 'turn.updated', turn: turn({ status: 'SUCCEEDED' }) };
    expect(after([delta(0, 'a'), ended]).liveTexts).toEqual({});
    expect(liveText(after([delta(0, 'a'), { type: 'turn.updated', turn: turn() }]))).toBe('a');
  });
});

describe('rows', () => {
  it('are replaced by id and listed in numeric order', () => {
    const events: FeedEvent[] = [
      { type: 'turn.updated', turn: turn({ id: '10' }) },
      { type: 'turn.updated', turn: turn({ id: '9', status: 'QUEUED' }) },
      { type: 'turn.updated', turn: turn({ id: '9' }) },
    ];
    expect(inOrder(after(events).turns).map(({ id, status }) => [id, status])).toEqual([
      ['9', 'RUNNING'],
      ['10', 'RUNNING'],
    ]);
  });
  it('of a deleted project go', () => {
    const project = { id: '1', name: 'x' } as Project;
    const world = after([
      { type: 'project.updated', project },
      { type: 'project.deleted', projectId: '1' },
    ]);
    expect(world.projects).toEqual({});
    expect(world.deletedProjects).toEqual({ 1: true });
  });
  it('keep activities', () => {
    const activity = { id: '7', toolSummary: 'Edits the home page' } as Activity;
    expect(after([{ type: 'activity.created', activity }]).activities['7']).toBe(activity);
  });
});

describe('the rest', () => {
  it('joins build logs by offset', () => {
    const log = (offset: number, text: string): FeedEvent => ({
      type: 'build.log',
      projectId: '1',
      buildId: '4',
      offset,
      text,
    });
    expect(after([log(0, 'a\n'), log(2, 'b\n'), log(2, 'b\n'), log(9, 'lost')]).buildLogs['4']).toBe('a\nb\n');
  });
  it('keeps the running cost and the reason of the close', () => {
    const world = after([
      { type: 'turn.cost', projectId: '1', turnId: '5', costUsd: '0.02', inputTokens: 1, outputTokens: 2 },
      { type: 'feed.closed', reason: 'shutting_down' },
    ]);
    expect(world.costs['5']?.costUsd).toBe('0.02');
    expect(world.closed).toBe('shutting_down');
  });
  it('ignores kinds of a newer platform', () => {
    expect(applyFeedEvent(emptyWorld, { type: 'brand.new' } as unknown as FeedEvent)).toBe(emptyWorld);
  });
});
