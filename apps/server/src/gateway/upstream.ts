import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { upstreamHeaders } from './headers.ts';
import type { GatewayTimings, Upstream } from './ports.ts';
import { type Refusal, refusals } from './refusals.ts';

export interface UpstreamRequest {
  method: 'GET' | 'POST';
  /** Path below the base URL, with its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer | null;
  signal: AbortSignal;
}

export interface UpstreamAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

/** The upstream gave no answer; `refusal` is what the worker is told. The cause is not passed on: it may name the URL. */
export class UpstreamSilent extends Error {
  override readonly name = 'UpstreamSilent';
  readonly refusal: Refusal;

  constructor(refusal: Refusal, code: string) {
    super(`The model API gave no answer (${code}).`);
    this.refusal = refusal;
  }
}

export interface UpstreamClient {
  call(request: UpstreamRequest): Promise<UpstreamAnswer>;
  /** The bytes contain the key. */
  mentionsKey(bytes: Buffer): boolean;
  close(): Promise<void>;
}

/** The only place that holds the model key. */
export function createUpstream({ baseUrl, apiKey, socketPath }: Upstream, timings: GatewayTimings): UpstreamClient {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const pool = new Pool(base.origin, {
    headersTimeout: timings.silenceMs,
    bodyTimeout: timings.silenceMs,
    keepAliveTimeout: 30_000,
    ...(socketPath ? { connect: { socketPath } } : {}),
  });
  const key = Buffer.from(apiKey);

  return {
    async call({ method, path, headers, body, signal }) {
      try {
        const answer = await pool.request({
          method,
          path: `${prefix}${path}`,
          headers: upstreamHeaders(headers, apiKey),
          body,
          signal,
        });
        return { status: answer.statusCode, headers: answer.headers, body: answer.body };
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
        throw new UpstreamSilent(code.includes('TIMEOUT') ? refusals.timedOut : refusals.unreachable, code);
      }
    },
    mentionsKey: (bytes) => bytes.includes(key),
    close: () => pool.destroy(),
  };
}
