import { type IncomingMessage, request, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { refuse } from '../../platform/http/upgrades.ts';
import { type Client, upgradeHeaders, visitorHeaders } from './headers.ts';

function head(status: number, text: string, raw: readonly string[]): string {
  let lines = `HTTP/1.1 ${status} ${text}\r\n`;
  for (let i = 0; i + 1 < raw.length; i += 2) lines += `${raw[i]}: ${raw[i + 1]}\r\n`;
  return `${lines}\r\n`;
}

/** Answers a connection that was to be upgraded with a plain status, and closes it; `retryAfter` is in seconds. */
export function refuseUpgrade(socket: Duplex, status: number, retryAfter?: number): void {
  const again = retryAfter === undefined ? [] : ['Retry-After', String(retryAfter)];
  refuse(socket, head(status, STATUS_CODES[status] ?? '', [...again, 'Connection', 'close', 'Content-Length', '0']));
}

/** Passes a protocol switch (WebSocket) through. Resolves when either side has closed; never rejects. */
export function forwardUpgrade(
  req: IncomingMessage,
  visitor: Duplex,
  first: Buffer,
  to: { socketPath: string; client: Client; firstByteMs: number },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const protocol = req.headers.upgrade ?? 'websocket';
  const headers = upgradeHeaders(req.rawHeaders, to.client, protocol);
  const upstream = request({ socketPath: to.socketPath, method: req.method, path: req.url, headers, agent: false });
  const silence = setTimeout(() => {
    refuseUpgrade(visitor, 504);
    upstream.destroy();
  }, to.firstByteMs);
  for (const answered of ['upgrade', 'response', 'close']) upstream.once(answered, () => clearTimeout(silence));
  visitor.once('close', () => {
    upstream.destroy();
    resolve();
  });
  upstream.once('upgrade', (answer, app, appFirst) => {
    const raw = visitorHeaders(answer.rawHeaders);
    visitor.write(head(101, 'Switching Protocols', [...raw, 'Connection', 'Upgrade', 'Upgrade', protocol]));
    if (appFirst.length > 0) visitor.write(appFirst);
    if (first.length > 0) app.write(first);
    Promise.allSettled([pipeline(app, visitor), pipeline(visitor, app)]).then(() => resolve());
  });
  upstream.once('response', (answer) => {
    visitor.write(
      head(answer.statusCode ?? 502, answer.statusMessage ?? '', [
        ...visitorHeaders(answer.rawHeaders),
        ...['Connection', 'close'],
      ]),
    );
    pipeline(answer, visitor).catch(() => visitor.destroy());
  });
  upstream.once('error', () => {
    if (visitor.writable) refuseUpgrade(visitor, 502);
    resolve();
  });
  upstream.end();
  return promise;
}
