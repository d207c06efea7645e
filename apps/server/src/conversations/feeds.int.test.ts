import type { FeedEvent } from '@talkide/contracts';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { activity } from './testing/fake-worker-client.ts';
import type { Feed } from './testing/feed-reader.ts';
import { conversationsRig, oneFile, type Person } from './testing/rig.ts';

const { db } = await testDatabase();
const rig = await conversationsRig(db, { leaseMs: 60_000, stopGraceMs: 60_000 });
let anna: Person;
let ben: Person;
beforeEach(async () => {
  anna = await rig.person();
  ben = await rig.person();
});

const projectFeed = (person: Person, headers?: Record<string, string>, query = '') =>
  person.feed(`/api/projects/${person.projectId}/feed${query}`, headers);
const types = (feed: Feed) => feed.events.map((event) => event.type);
const heard = (feed: Feed, type: FeedEvent['type'], count = 1) =>
  expect
    .poll(() => types(feed).filter((one) => one === type).length, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(count);

/** Text as a client keeps it: deltas appended by offset, snapshots replace, an empty snapshot ends the block. */
function liveText(events: readonly FeedEvent[]): Record<string, string> {
  const blocks: Record<string, string> = {};
  for (const event of events) {
    if (event.type === 'text.snapshot') {
      if (event.text === '') delete blocks[event.block];
      else blocks[event.block] = event.text;
    }
    if (event.type === 'text.delta' && event.offset <= (blocks[event.block]?.length ?? 0)) {
      blocks[event.block] = (blocks[event.block] ?? '').slice(0, event.offset) + event.text;
    }
  }
  return blocks;
}

describe('the feed of a project', () => {
  it('tells everything in order, with ids, and resumes after any of them', async () => {
    const feed = await projectFeed(anna);
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    await turn.report([activity({ toolName: 'Read', toolCategory: 'READING' })]);
    await turn.say('Done.');
    rig.projects.commits.push(oneFile());
    await turn.end('SUCCEEDED');
    await heard(feed, 'turn.updated', 3);
    const stored = types(feed);
    expect(stored).toEqual([
      'conversation.updated',
      'message.created',
      'turn.updated',
      'turn.updated',
      'activity.created',
      'message.created',
      'conversation.updated',
      'message.updated',
      'turn.updated',
    ]);
    expect(feed.ids).toHaveLength(stored.length);
    expect(feed.ids.map(Number)).toEqual(feed.ids.map(Number).toSorted((a, b) => a - b));
    feed.close();

    const after = feed.ids[3] ?? '';
    const byHeader = await projectFeed(anna, { 'last-event-id': after });
    await heard(byHeader, 'turn.updated');
    expect(byHeader.events).toEqual(feed.events.slice(4));
    const byQuery = await projectFeed(anna, {}, `?lastEventId=${after}`);
    await heard(byQuery, 'turn.updated');
    expect(byQuery.events).toEqual(feed.events.slice(4));
    byHeader.close();
    byQuery.close();
  });

  it('begins where the view of the conversation ends', async () => {
    await anna.say('Hello');
    const { body } = await anna.call('GET', `/api/projects/${anna.projectId}/conversation`);
    const feed = await projectFeed(anna, { 'last-event-id': body.lastEventId });
    await anna.say('Again');
    await heard(feed, 'turn.updated');
    expect(types(feed)).toEqual(['conversation.updated', 'message.created', 'turn.updated']);
    feed.close();
  });

  it('shows the same to who watched and to who came in mid-sentence', async () => {
    const watching = await projectFeed(anna);
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    await turn.live(1, 0, 'Dobrý ');
    await turn.live(1, 6, 'den');
    await expect.poll(() => liveText(watching.events)[1]).toBe('Dobrý den');
    const late = await projectFeed(anna);
    await heard(late, 'text.snapshot');
    await turn.live(1, 9, ', jsem Mara.');
    for (const feed of [watching, late]) {
      await expect.poll(() => liveText(feed.events)[1]).toBe('Dobrý den, jsem Mara.');
    }
    await turn.say('Dobrý den, jsem Mara.');
    for (const feed of [watching, late]) {
      await heard(feed, 'message.created');
      await expect.poll(() => liveText(feed.events)).toEqual({});
    }
    const later = await projectFeed(anna);
    await turn.live(2, 0, 'Next');
    await expect.poll(() => liveText(later.events)).toEqual({ 2: 'Next' });
    for (const feed of [watching, late, later]) feed.close();
  });

  it('ends a block that came with the event that stores it, and keeps the one after it', async () => {
    const feed = await projectFeed(anna);
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const live = [
      { agentRole: 'talkide-pm', block: 1, offset: 0, text: 'I will add a form.' },
      { agentRole: 'talkide-pm', block: 2, offset: 0, text: 'Now the header' },
    ];
    await turn.report([activity({ eventType: 'AGENT_MESSAGE', description: 'I will add a form.' })], live);
    await heard(feed, 'activity.created');
    await expect.poll(() => liveText(feed.events)).toEqual({ 2: 'Now the header' });
    await turn.end('STOPPED');
    await expect.poll(() => liveText(feed.events)).toEqual({});
    const { body } = await anna.call('GET', `/api/projects/${anna.projectId}/conversation`);
    expect(body.messages.at(-1)).toMatchObject({ role: 'PM', content: 'Now the header', payload: { type: 'result' } });
    feed.close();
  });

  it('carries long text whole', async () => {
    const feed = await projectFeed(anna);
    await anna.say('Hello');
    const turn = await anna.worker.claim();
    const text = 'Žluťoučký 🐎 '.repeat(1_500);
    await turn.live(1, 0, text);
    await expect.poll(() => liveText(feed.events)[1]).toBe(text);
    feed.close();
  });

  it('tells nothing of other projects and tenants', async () => {
    const feed = await projectFeed(anna);
    const other = await rig.project(anna);
    await anna.call('POST', `/api/conversations/${other.conversationId}/messages`, { body: { content: 'x' } });
    await ben.say('x');
    await anna.say('y');
    await heard(feed, 'turn.updated');
    expect(JSON.stringify(feed.events)).not.toContain('"x"');
    feed.close();
  });

  it("404 for another tenant's project, 401 without a session", async () => {
    expect((await ben.feed(`/api/projects/${anna.projectId}/feed`)).status).toBe(404);
    expect((await projectFeed(anna, { authorization: '' })).status).toBe(401);
  });

  it('ends with its reason when the session is revoked, and only then', async () => {
    const feed = await projectFeed(anna);
    const other = await projectFeed(ben);
    rig.endSession(anna.sessionId);
    await feed.ended;
    expect(feed.events.at(-1)).toEqual({ type: 'feed.closed', reason: 'session_ended' });
    await ben.say('Still here');
    await heard(other, 'message.created');
    other.close();
  });
});

describe('the feed of all projects', () => {
  it('429 for the fifty-first of one person; another opens when one ends', async () => {
    const feeds = await Promise.all(Array.from({ length: 50 }, () => anna.feed('/api/feed')));
    expect(await anna.call('GET', '/api/feed')).toMatchObject({ status: 429, body: { code: 'too_many_feeds' } });
    const other = await ben.feed('/api/feed');
    expect(other.status).toBe(200);
    feeds.pop()?.close();
    const next = await vi.waitUntil(async () => {
      const feed = await anna.feed('/api/feed');
      return feed.status === 200 && feed;
    }, 15_000);
    for (const feed of [...feeds, other, next]) feed.close();
  });

  it('tells of every project of the tenant, without every word', async () => {
    const feed = await anna.feed('/api/feed');
    const other = await rig.project(anna);
    await anna.call('POST', `/api/conversations/${other.conversationId}/messages`, { body: { content: 'x' } });
    await anna.say('y');
    await ben.say('z');
    const turn = await anna.worker.claim();
    await turn.live(1, 0, 'Text');
    await turn.say('Text');
    await heard(feed, 'message.created', 3);
    expect(types(feed)).not.toContain('text.delta');
    const projects = feed.events.flatMap((event) => (event.type === 'message.created' ? [event.projectId] : []));
    expect(new Set(projects)).toEqual(new Set([anna.projectId, other.projectId]));
    feed.close();
  });
});
