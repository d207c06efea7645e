import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { takeUpgrades } from './upgrades.ts';

/** What answers on a port, whether it is plain or TLS. */
export interface Listeners {
  request: RequestListener;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The certificate for a name that a client asks for; null refuses the client. */
export type FindCertificate = (servername: string) => Promise<SecureContext | null>;

const HANDSHAKE_MS = 10_000;
const KEEP_ALIVE_MS = 65_000;

/** Only WebSockets are upgraded; anything else (h2c) is answered as the plain request it also is. */
export const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket';

/** A visitor who vanished without a word is found out: an application would be kept awake for him for ever. */
export const probing = { keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/** Applications stream for as long as they like; the platform's own bodies have a bound of their own. */
export function setTimes(server: { requestTimeout: number; keepAliveTimeout: number }): void {
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
}

/**
 * HTTPS with a certificate for each name. It has none of its own: a client that asks for an unknown name, or for none,
 * is refused and never shown another's.
 */
export function createTlsServer(find: FindCertificate, listeners: Listeners): Server {
  const server = createServer(
    {
      shouldUpgradeCallback,
      ...probing,
      handshakeTimeout: HANDSHAKE_MS,
      SNICallback: (servername, done) => {
        find(servername).then(
          (context) => (context ? done(null, context) : done(new Error(`No certificate for ${servername}.`))),
          (error: Error) => done(error),
        );
      },
    },
    listeners.request,
  );
  takeUpgrades(server, listeners.upgrade);
  setTimes(server);
  return server;
}
