import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { CHALLENGE_PATH } from './challenge-path.ts';

/** Stands before everything on the plain and the TLS port. */
export interface Guard {
  /** True: the request is answered, and goes no further. */
  answers(request: IncomingMessage, response: ServerResponse): boolean;
  /** True: the protocol switch is for another host than the connection. */
  refuses(request: IncomingMessage): boolean;
}

export interface HttpsGuardOptions {
  /** The port under which visitors reach HTTPS. */
  port: number;
  /** `X-Forwarded-Proto` of the proxy in front is believed. */
  trustProxy: boolean;
  /** Lower case, without port and root dot. */
  hostOf(request: IncomingMessage): string;
  /** Whether visitors of a host are to come by HTTPS. */
  isSecure(host: string): boolean;
  /** Whether both hosts are the platform's own, which one certificate is for. */
  belongTogether(a: string, b: string): boolean;
}

/** How long a browser may remember to go to HTTPS: a domain may be somebody else's one day. */
const REMEMBER_SECONDS = 300;

/** Leads visitors to HTTPS where there is a certificate, and refuses requests for another host than the handshake was for. */
export function createHttpsGuard(options: HttpsGuardOptions): Guard {
  const { hostOf, isSecure, belongTogether } = options;
  const suffix = options.port === 443 ? '' : `:${options.port}`;

  const misdirected = (request: IncomingMessage): boolean => {
    const { servername } = request.socket as TLSSocket;
    if (!isEncrypted(request) || typeof servername !== 'string') return false;
    const [host, shown] = [hostOf(request), servername.toLowerCase()];
    return host !== shown && !belongTogether(host, shown);
  };
  const cameByHttps = (request: IncomingMessage): boolean =>
    isEncrypted(request) || (options.trustProxy && lastOf(request.headers['x-forwarded-proto']) === 'https');

  return {
    refuses: misdirected,
    answers(request, response) {
      if (misdirected(request)) {
        answer(request, response, 421, {});
        return true;
      }
      const path = request.url?.startsWith('/') ? request.url : '/';
      const host = hostOf(request);
      if (cameByHttps(request) || path.startsWith(CHALLENGE_PATH) || !isSecure(host)) return false;
      const location = `https://${host}${suffix}${path}`;
      answer(request, response, 308, { Location: location, 'Cache-Control': `max-age=${REMEMBER_SECONDS}` });
      return true;
    },
  };
}

const isEncrypted = (request: IncomingMessage): boolean => 'encrypted' in request.socket;

/** What the nearest proxy said; those before it are hearsay. */
export const lastOf = (header: string | string[] | undefined): string | undefined =>
  [header].flat().join(',').split(',').at(-1)?.trim() || undefined;

function answer(request: IncomingMessage, response: ServerResponse, status: number, headers: object): void {
  request.resume();
  response.writeHead(status, { ...headers, 'Content-Length': 0 });
  response.end();
}
