import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ServerSentEvent {
  id?: string;
  event?: string;
  data: unknown;
}

export interface SseStream {
  /** Writes one event; waits for a slow reader up to the bound, then the stream closes as `too_slow`. */
  send(event: ServerSentEvent): Promise<void>;
  /** Says the reason as a last event and ends the stream. */
  close(reason: string): void;
  /** Aborted when the stream has ended, whoever ended it. */
  readonly closed: AbortSignal;
}

const HEARTBEAT_MS = 15_000;
const SLOW_READER_MS = 10_000;
/** What a reader may take to fetch the last event after the end. */
const LAST_EVENT_MS = 5_000;

export interface SseOptions {
  heartbeatMs?: number;
  slowReaderMs?: number;
}

/** The wire form of one event. */
export function frame(event: ServerSentEvent): string {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  const name = event.event === undefined ? '' : `event: ${event.event}\n`;
  return `${id}${name}data: ${JSON.stringify(event.data)}\n\n`;
}

/** Takes a reply over as a stream of server-sent events. */
export function openSse(request: FastifyRequest, reply: FastifyReply, options: SseOptions = {}): SseStream {
  const ended = new AbortController();
  const { raw } = reply;
  const headers = reply.getHeaders();
  reply.hijack();
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write('retry: 1000\n\n');
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), options.heartbeatMs ?? HEARTBEAT_MS);
  const finish = () => {
    clearInterval(heartbeat);
    ended.abort();
  };
  raw.once('close', finish);
  // Gone before we came: there will be no close any more.
  if (raw.destroyed) finish();
  request.raw.socket.setNoDelay(true);

  const stream: SseStream = {
    closed: ended.signal,
    async send(event) {
      if (ended.signal.aborted || raw.write(frame(event))) return;
      const timeout = AbortSignal.any([ended.signal, AbortSignal.timeout(options.slowReaderMs ?? SLOW_READER_MS)]);
      await once(raw, 'drain', { signal: timeout }).catch(() => stream.close('too_slow'));
    },
    close(reason) {
      if (ended.signal.aborted) return;
      raw.end(frame({ data: { type: 'feed.closed', reason } }));
      finish();
      setTimeout(() => raw.destroy(), LAST_EVENT_MS).unref();
    },
  };
  return stream;
}
