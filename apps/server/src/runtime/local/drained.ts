import type { Readable } from 'node:stream';

/** Output that ended, one way or another, before it was asked for too. */
export function drained(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => (!stream || stream.closed ? resolve() : stream.once('close', () => resolve())));
}
