import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a pipe says when its reader has gone. */
const READER_LEFT = /^(ERR_STREAM_|ECONNRESET|EPIPE)/;

/**
 * Takes a reply over and sends text as it is made, no faster than it is read. What fails before the first piece is
 * thrown, and answered as any other error; later on the connection is cut, so that the reader knows that it is not all.
 */
export async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncGenerator<string>,
  headers: Record<string, string>,
): Promise<void> {
  const first = await pieces.next();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers });
  try {
    await pipeline(Readable.from(first.done ? [] : startingWith(first.value, pieces)), raw);
  } catch (error) {
    const left = READER_LEFT.test((error as NodeJS.ErrnoException).code ?? '');
    if (!left) request.log.error({ err: error }, 'An answer was cut off');
  }
}

async function* startingWith(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
