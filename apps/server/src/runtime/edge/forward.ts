import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { goesOn } from '../../platform/http/drain.ts';
import { type Client, upstreamHeaders, visitorHeaders } from './headers.ts';
import type { Pool } from './pool.ts';
import { PageInstead } from './target.ts';

/** The app's connection broke before it answered anything: the visitor has seen nothing yet. */
export class NoAnswer extends Error {}

/** Methods that may be sent again, and over a connection that might just be closing. */
export function repeatable(req: IncomingMessage): boolean {
  const body = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  return (req.method === 'GET' || req.method === 'HEAD') && !body;
}

/**
 * Sends a request to the app and its answer back, both as streams. Throws `NoAnswer` when the connection broke before one,
 * and the page for a silent app when none began within `firstByteMs` of the request's last byte.
 */
export function forward(
  req: IncomingMessage,
  res: ServerResponse,
  to: { socketPath: string; client: Client; pool: Pool; firstByteMs: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const upstream = request({
    socketPath: to.socketPath,
    method: req.method,
    path: req.url,
    headers: upstreamHeaders(req.rawHeaders, to.client),
    // A kept connection may be closing as we write. A GET is sent again then; anything else gets a new connection.
    agent: repeatable(req) ? to.pool.kept : to.pool.fresh,
  });
  const visitorLeft = () => upstream.destroy();
  res.once('close', visitorLeft);
  const silence = setTimeout(() => upstream.destroy(new PageInstead('silent')), to.firstByteMs);
  req.on('data', () => silence.refresh());

  let answered = false;
  upstream.once('response', (answer) => {
    answered = true;
    clearTimeout(silence);
    try {
      res.writeHead(answer.statusCode ?? 502, answer.statusMessage, visitorHeaders(answer.rawHeaders));
    } catch (error) {
      // Node reads what it refuses to write: a status below 100, or a control character in its text.
      res.statusMessage = '';
      upstream.destroy();
      return fail(new PageInstead('crashed', error));
    }
    res.flushHeaders();
    if (answer.headers['content-type']?.startsWith('text/event-stream')) goesOn(res);
    // A break in mid-answer destroys `res`, so the visitor sees it cut and not complete.
    pipeline(answer, res)
      .catch(() => {})
      .finally(() => {
        res.off('close', visitorLeft);
        resolve();
      });
  });
  function fail(error?: Error): void {
    res.off('close', visitorLeft);
    if (res.headersSent || res.destroyed) resolve();
    else reject(error instanceof PageInstead ? error : new NoAnswer('The app did not answer.', { cause: error }));
  }
  upstream.once('error', fail);
  // Not a pipeline: an app may answer (413) and hang up while the body still comes, and that answer counts.
  req.pipe(upstream);
  upstream.once('close', () => {
    clearTimeout(silence);
    req.unpipe(upstream).resume();
    // An app that switches protocols unasked ends without an answer and without an error.
    if (!answered) fail();
  });
  return promise;
}
