import type { FeedEvent } from '@talkide/contracts';
import { backoffMs } from './backoff';
import { createSseParser } from './sse-parser';

export type FeedState = 'connecting' | 'connected' | 'reconnecting' | 'offline';

export interface FeedOptions {
  url: string;
  fetch: (request: Request) => Promise<Response>;
  lastEventId: string | null;
  onEvent: (event: FeedEvent, id: string | null) => void;
  onState: (state: FeedState) => void;
  isOnline: () => boolean;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** Silence (ms) after which a feed counts as dead; the platform sends a heartbeat well within it. */
const SILENCE_MS = 45_000;
/** Answers after which trying again is senseless. */
const FINAL = new Set([400, 401, 403, 404]);

type Outcome = 'over' | 'lost' | 'lost-after-data';

/** Follows a feed until the signal fires, the session ends or the thing is gone; resumes where it stopped. */
export async function followFeed(options: FeedOptions): Promise<void> {
  const { signal, onState } = options;
  let attempt = 0;
  let lastEventId = options.lastEventId;
  const remember = (id: string | null) => {
    lastEventId = id ?? lastEventId;
  };
  onState('connecting');
  while (!signal.aborted) {
    const outcome = await readOnce(options, lastEventId, remember).catch((): Outcome => 'lost');
    if (signal.aborted) return;
    if (outcome === 'over') {
      onState('offline');
      return;
    }
    attempt = outcome === 'lost-after-data' ? 0 : attempt;
    onState(options.isOnline() && attempt < 4 ? 'reconnecting' : 'offline');
    await options.wait(backoffMs(attempt), signal);
    attempt += 1;
  }
}

async function readOnce(
  options: FeedOptions,
  lastEventId: string | null,
  remember: (id: string | null) => void,
): Promise<Outcome> {
  const attempt = new AbortController();
  const signal = AbortSignal.any([options.signal, attempt.signal]);
  const headers = new Headers({ Accept: 'text/event-stream' });
  if (lastEventId !== null) headers.set('Last-Event-ID', lastEventId);
  const response = await options.fetch(new Request(options.url, { headers, signal, cache: 'no-store' }));
  if (FINAL.has(response.status)) return 'over';
  if (!response.ok || !response.body) return 'lost';
  options.onState('connected');

  let outcome: Outcome = 'lost';
  const parser = createSseParser(({ id, data }) => {
    const event = parseEvent(data);
    if (!event) return;
    remember(id);
    outcome = event.type === 'feed.closed' && isFinalClose(event.reason) ? 'over' : 'lost-after-data';
    options.onEvent(event, id);
  });
  const silence = watchdog(SILENCE_MS, () => attempt.abort());
  try {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      silence.restart();
      parser.push(chunk.value);
    }
  } catch {
    // The connection broke: what came so far counts, the caller reconnects.
  } finally {
    silence.stop();
  }
  return outcome;
}

const isFinalClose = (reason: string): boolean => reason === 'session_ended' || reason === 'project_deleted';

function parseEvent(data: string): FeedEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as FeedEvent) : null;
  } catch {
    return null;
  }
}

function watchdog(ms: number, bark: () => void) {
  let timer = setTimeout(bark, ms);
  return {
    restart() {
      clearTimeout(timer);
      timer = setTimeout(bark, ms);
    },
    stop: () => clearTimeout(timer),
  };
}
