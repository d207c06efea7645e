import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from '../adapters/storage/index.ts';
import { UploadRefused } from './refused.ts';

/** A body that trickles in for longer is cut. */
const SEND_MS = 10 * 60_000;
/** How long those who still send are read after a refusal. */
const LINGER_MS = 30_000;

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

/** Answers what was refused; anything else is the platform's own fault, told without its words. */
export function answerRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  onError: (error: unknown) => void,
): void {
  const refused = error instanceof UploadRefused ? error : null;
  if (!refused && !response.destroyed) onError(error);
  if (response.headersSent || response.destroyed) return void response.destroy();
  const message = refused?.message ?? 'Files cannot be reached right now. Try again later.';
  answerJson(response, refused?.status ?? 500, { code: refused?.code ?? 'internal', message });
  if (!request.complete) linger(request);
}

/** Reads what is still being sent and throws it away: closing the connection under a sender takes the answer with it. */
function linger(request: IncomingMessage): void {
  const deadline = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(deadline)).resume();
}

/** The length that a request says its body has; null when it does not. */
export function announcedBytes({ headers }: IncomingMessage): number | null {
  const text = headers['content-length'];
  return text === undefined ? null : Number(text);
}

/** Runs work on a request's body, for a bounded time. */
export async function receive<T>(request: IncomingMessage, work: () => Promise<T>): Promise<T> {
  const deadline = setTimeout(() => request.destroy(new Error('The body took too long.')), SEND_MS);
  try {
    return await work();
  } finally {
    clearTimeout(deadline);
  }
}

/** The one part of an object that a request asks for; null: all of it. */
export function rangeOf({ headers }: IncomingMessage, size: number): ByteRange | null | 'unsatisfiable' {
  const found = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '');
  const [, from = '', to = ''] = found ?? [];
  if (!found || (from === '' && to === '')) return null;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end && start < size ? { start, end } : 'unsatisfiable';
}

export interface Sendable {
  bytes: string;
  object_key: string;
  type: string;
}

/** Sends a file, or the part of it that is asked for. `open` gives its bytes. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: Sendable,
  open: (range?: ByteRange) => Promise<{ body: Readable } | null>,
): Promise<void> {
  const size = Number(file.bytes);
  const etag = `"${file.object_key.split('/').at(-1)}"`;
  response.setHeader('etag', etag);
  response.setHeader('accept-ranges', 'bytes');
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  const range = rangeOf(request, size);
  if (range === 'unsatisfiable') return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  response.setHeader('content-type', file.type);
  response.setHeader('content-length', range ? range.end - range.start + 1 : size);
  if (range) response.setHeader('content-range', `bytes ${range.start}-${range.end}/${size}`);
  response.statusCode = range ? 206 : 200;
  if (request.method === 'HEAD') return void response.end();
  const found = await open(range ?? undefined);
  if (!found) throw new UploadRefused('not_found');
  if (response.destroyed) return void found.body.destroy();
  await pipeline(found.body, response);
}
