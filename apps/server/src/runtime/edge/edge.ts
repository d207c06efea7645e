import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { forward, NoAnswer, repeatable } from './forward.ts';
import { forwardUpgrade, refuseUpgrade } from './forward-upgrade.ts';
import type { Client } from './headers.ts';
import { answerMoved, type Moved } from './moved.ts';
import { type Page, page } from './page.ts';
import { type PageKind, pageStatus, retryAfter } from './page-texts.ts';
import { createPool } from './pool.ts';
import { PageInstead, pageFor, type Resolve, type Target } from './target.ts';
import { WaitingRoom } from './waiting-room.ts';

export type EdgeOptions = {
  resolve: Resolve;
  /** Who asks; by default the other end of the connection. Behind a trusted proxy: what that proxy says. */
  client?: (req: IncomingMessage) => Client;
  /** The answer when the app gives none; by default a page of ours. */
  errorPage?: (kind: PageKind, req: IncomingMessage) => Page;
  /** Told why a visitor got a page instead of the app. */
  onFailure?: (host: string, kind: PageKind, error: unknown) => void;
  maxWaitMs?: number;
  /** How long an app may take to begin its answer. */
  firstByteMs?: number;
  maxWaitingPerHost?: number;
};

/** The way from the public port to the apps. */
export type Edge = {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  close(): void;
};

const MAX_LISTENERS = 30;

/** The host a request is for, in lower case and without its port. */
export function requestHost(req: IncomingMessage): string {
  return (req.headers.host ?? '').toLowerCase().replace(/\.?(:\d*)?$/, '');
}

function directClient(req: IncomingMessage): Client {
  const proto = 'encrypted' in req.socket ? 'https' : 'http';
  return { address: req.socket.remoteAddress ?? '', proto, host: req.headers.host ?? '' };
}

function defaultPage(kind: PageKind, req: IncomingMessage): Page {
  const { accept, 'accept-language': language } = req.headers;
  return page(kind, { ...(accept ? { accept } : {}), ...(language ? { language } : {}) });
}

function answerPage(req: IncomingMessage, res: ServerResponse, answer: Page): void {
  if (res.headersSent || res.destroyed) return;
  req.resume(); // a body nobody reads would keep the connection from being used again
  res.writeHead(answer.status, { ...answer.headers, 'Content-Length': Buffer.byteLength(answer.body) });
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}

/** Tells of an answer when it has ended; bytes are those of the connection meanwhile. */
function countAnswer(res: ServerResponse, answered: NonNullable<Target['answered']>): void {
  const begun = performance.now();
  const { socket } = res;
  const before = socket?.bytesWritten ?? 0;
  res.once('close', () => {
    const bytes = Math.max(0, (socket?.bytesWritten ?? before) - before);
    answered({ status: res.statusCode, ms: performance.now() - begun, bytes });
  });
}

/** Makes the reverse proxy to apps on Unix sockets. Neither `handle` nor `upgrade` ever rejects. */
export function createEdge(options: EdgeOptions): Edge {
  const { resolve, client = directClient, errorPage = defaultPage, onFailure = () => {} } = options;
  const room = new WaitingRoom(options.maxWaitMs ?? 10_000, options.maxWaitingPerHost ?? 200);
  const firstByteMs = options.firstByteMs ?? 60_000;
  const pool = createPool();

  const find = async (host: string): Promise<Target | Moved> => {
    const target = await resolve(host);
    if (target === null) throw new PageInstead('notFound');
    if (target === 'unpublished') throw new PageInstead('unpublished');
    return target;
  };

  const pass = async (req: IncomingMessage, res: ServerResponse, host: string, target: Target, again: boolean) => {
    const socketPath = await room.wait(host, () => target.ensure());
    if (res.destroyed) return;
    try {
      await forward(req, res, { socketPath, client: client(req), pool, firstByteMs });
    } catch (error) {
      if (again && error instanceof NoAnswer && repeatable(req)) return pass(req, res, host, target, false);
      throw error instanceof NoAnswer ? new PageInstead('crashed', error) : error;
    }
  };

  return {
    async handle(req, res) {
      const host = requestHost(req);
      // A few parts wait for its end, each once: counting, keeping awake, draining, the stream. More than Node's ten are no leak.
      res.setMaxListeners(MAX_LISTENERS);
      try {
        const target = await find(host);
        if (res.destroyed) return;
        if ('movedTo' in target) return answerMoved(req, res, target.movedTo);
        res.once('close', target.begin());
        if (target.answered) countAnswer(res, target.answered);
        await pass(req, res, host, target, true);
      } catch (error) {
        const kind = pageFor(error);
        onFailure(host, kind, error);
        answerPage(req, res, errorPage(kind, req));
      }
    },
    async upgrade(req, socket, head) {
      const host = requestHost(req);
      socket.on('error', () => socket.destroy());
      // Both ways through it and TLS below it listen for its end: eleven do, and from ten on Node warns.
      socket.setMaxListeners(20);
      try {
        const target = await find(host);
        if (socket.destroyed) return;
        // Clients of WebSockets follow no redirect.
        if ('movedTo' in target) throw new PageInstead('notFound');
        socket.once('close', target.begin());
        const socketPath = await room.wait(host, () => target.ensure());
        await forwardUpgrade(req, socket, head, { socketPath, client: client(req), firstByteMs });
      } catch (error) {
        const kind = pageFor(error);
        onFailure(host, kind, error);
        refuseUpgrade(socket, pageStatus[kind], retryAfter[kind]);
      }
    },
    close: () => pool.close(),
  };
}
