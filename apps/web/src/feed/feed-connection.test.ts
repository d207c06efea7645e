import type { FeedEvent } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff';
import { type FeedState, followFeed } from './feed-connection';

const closed = (reason: string) => JSON.stringify({ type: 'feed.closed', reason });
const deleted = (projectId: string) => JSON.stringify({ type: 'project.deleted', projectId });

/** Follows a feed that gives these answers one after the other, until it is over or they are used up. */
async function follow(answers: (() => Response)[], lastEventId: string | null = null) {
  const stop = new AbortController();
  const asked: (string | null)[] = [];
  const events: FeedEvent[] = [];
  const states: FeedState[] = [];
  let waits = 0;
  await followFeed({
    url: 'http://localhost/api/feed',
    fetch: async (request) => {
      asked.push(request.headers.get('Last-Event-ID'));
      const answer = answers[asked.length - 1];
      if (!answer) {
        stop.abort();
        throw new TypeError('no more answers');
      }
      return answer();
    },
    lastEventId,
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    isOnline: () => true,
    wait: async () => {
      waits += 1;
    },
    signal: stop.signal,
  });
  return { asked, events, states, waits };
}
const stream = (text: string) => () => new Response(text);

describe('followFeed', () => {
  it('resumes after the last event it saw', async () => {
    const { asked, events } = await follow(
      [stream(`id: 4\ndata: ${deleted('1')}\n\n`), stream(`: quiet\n\n`), stream(`id: 6\ndata: ${deleted('2')}\n\n`)],
      '3',
    );
    expect(asked).toEqual(['3', '4', '4', '6']);
    expect(events).toHaveLength(2);
  });
  it('comes back after a shutdown, not after the session ended', async () => {
    const { asked, states } = await follow([
      stream(`data: ${closed('shutting_down')}\n\n`),
      stream(`data: ${closed('session_ended')}\n\n`),
    ]);
    expect(asked).toHaveLength(2);
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected', 'offline']);
  });
  it('gives up on what is gone', async () => {
    const { asked, states } = await follow([() => new Response(null, { status: 404 })]);
    expect(asked).toHaveLength(1);
    expect(states.at(-1)).toBe('offline');
  });
  it('says that it is offline after some failures, and goes on', async () => {
    const broken = () => new Response(null, { status: 502 });
    const { states, waits } = await follow([broken, broken, broken, broken, broken, stream(': ok\n\n')]);
    expect(states.slice(0, 6)).toEqual([
      'connecting',
      'reconnecting',
      'reconnecting',
      'reconnecting',
      'reconnecting',
      'offline',
    ]);
    expect(states).toContain('connected');
    expect(waits).toBeGreaterThanOrEqual(5);
  });
  it('skips what is not an event', async () => {
    const { events } = await follow([stream('data: {broken\n\ndata: 5\n\n')]);
    expect(events).toEqual([]);
  });
});

describe('backoffMs', () => {
  it('doubles, with jitter, up to a bound', () => {
    expect(backoffMs(0, () => 0)).toBe(250);
    expect(backoffMs(2, () => 1)).toBe(2000);
    expect(backoffMs(30, () => 1)).toBe(5_000);
  });
});
