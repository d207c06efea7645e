import type { IncomingHttpHeaders } from 'node:http';
import type { Upstream } from '../ports.ts';
import type { Body } from '../request/read-body.ts';
import type { ExchangeHandlers } from './connection.ts';
import { upstreamHeaderLines } from './headers.ts';
import { ConnectionPool, type Exchange } from './pool.ts';

export interface UpstreamRequest {
  method: 'GET' | 'POST';
  /** Path below the base URL, with its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Body | null;
}

export interface UpstreamClient {
  call(request: UpstreamRequest, handlers: ExchangeHandlers): Exchange;
  /** The bytes contain the key. */
  mentionsKey(bytes: Buffer): boolean;
  readonly inFlight: number;
  close(): void;
}

/** The only place that holds the model key. */
export function createUpstream({ baseUrl, apiKey, socketPath }: Upstream, silenceMs: number): UpstreamClient {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new ConnectionPool(base, socketPath);
  const key = Buffer.from(apiKey);
  // `identity`, because the meter reads the bytes that pass.
  const common = `host: ${base.host}\r\nconnection: keep-alive\r\naccept-encoding: identity\r\nx-api-key: ${apiKey}\r\n`;

  return {
    call: ({ method, path, headers, body }, handlers) => {
      const length = body ? `content-length: ${body.size}\r\n` : '';
      const head = `${method} ${prefix}${path} HTTP/1.1\r\n${common}${upstreamHeaderLines(headers)}${length}\r\n`;
      return pool.exchange(head, body ? body.pieces : [], silenceMs, handlers);
    },
    mentionsKey: (bytes) => bytes.includes(key),
    get inFlight() {
      return pool.busy;
    },
    close: () => pool.close(),
  };
}
