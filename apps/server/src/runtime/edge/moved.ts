import type { IncomingMessage, ServerResponse } from 'node:http';

/** An address that an app had; `movedTo` is the origin of the one it has now. */
export type Moved = { movedTo: string };

/** How long a browser may remember that an address has moved: somebody else may take it one day. */
const MOVED_SECONDS = 300;

/** Leads to the same page at the new address. */
export function answerMoved(req: IncomingMessage, res: ServerResponse, origin: string): void {
  req.resume();
  const path = req.url?.startsWith('/') ? req.url : '/';
  res.writeHead(308, {
    Location: origin.replace(/\/$/, '') + path,
    'Cache-Control': `max-age=${MOVED_SECONDS}`,
    'Content-Length': 0,
  });
  res.end();
}
