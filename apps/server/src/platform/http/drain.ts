import type { ServerResponse } from 'node:http';
import { Server, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as pollOnce } from 'node:timers/promises';
import type { Server as TlsServer } from 'node:tls';

const LOOK_EVERY_MS = 20;
/** In this time a connection that is in use brings its next request and learns that it is the last. */
const QUIET_MS = 300;
const PATIENCE_MS = 10_000;
/** How long answers are the last ones before the server is left, and how long no kept connection may have been used then. */
const ANNOUNCING = { leastMs: 2_000, quietMs: 1_000 };

const endless = new WeakSet<ServerResponse>();

/** Says that an answer goes on for as long as somebody listens, so that nobody waits for its end. */
export const goesOn = (response: ServerResponse): void => void endless.add(response);

/** Plain or TLS. */
type HttpServer = Server & { closeIdleConnections(): void };

/** The requests under way at a server, so that it can be left without cutting one. */
export interface Requests {
  watch(response: ServerResponse): void;
  /** Of this server, a connection in its handshake is under way too: its request is still to come. */
  watchHandshakes(server: TlsServer): void;
  /**
   * From now on every answer is the last on its connection. Resolves when no connection from before has brought a request
   * for a second, or after ten: those that are idle when the server is left are hardly used then, and may be cut.
   */
  announce(): Promise<void>;
  /**
   * Accepts no more connections, answers what still comes on those there are, ends those that are idle, and resolves when
   * nothing is under way, or after ten seconds. `onLook` is called again and again meanwhile.
   */
  drain(servers: HttpServer[], onLook: () => void): Promise<void>;
}

export function watchRequests(announcing = ANNOUNCING): Requests {
  const underWay = new Set<ServerResponse>();
  let handshakes = 0;
  let lastHandshake = 0;
  const kept = new WeakSet<Socket>();
  let keptUsed = 0;
  let leaving = false;
  const isLast = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  const beLast = () => {
    leaving = true;
    for (const response of underWay) isLast(response);
  };
  return {
    async announce() {
      beLast();
      const begun = performance.now();
      keptUsed = begun;
      const isTime = (now: number) => now >= Math.max(begun + announcing.leastMs, keptUsed + announcing.quietMs);
      while (!isTime(performance.now()) && performance.now() < begun + PATIENCE_MS) await delay(LOOK_EVERY_MS);
    },
    watch(response) {
      const { socket } = response.req;
      underWay.add(response);
      response.once('close', () => underWay.delete(response));
      if (!leaving) return void kept.add(socket);
      isLast(response);
      if (kept.has(socket)) keptUsed = performance.now();
    },
    watchHandshakes(server) {
      const ended = () => {
        handshakes -= 1;
        lastHandshake = performance.now();
      };
      server.on('connection', () => {
        handshakes += 1;
      });
      // A connection comes to one of these, once.
      server.on('secureConnection', ended).on('tlsClientError', ended);
    },
    async drain(servers, onLook) {
      beLast();
      // Not the HTTP server's own close: it ends idle connections at once, and on some a request is on its way.
      for (const server of servers) Server.prototype.close.call(server);
      const begun = performance.now();
      const passed = () => performance.now() - begun;
      const isQuiet = () => performance.now() - Math.max(begun, lastHandshake) > QUIET_MS;
      const waits = () => handshakes > 0 || [...underWay].some((response) => !endless.has(response));
      const until = async (done: () => boolean) => {
        do {
          onLook();
          await delay(LOOK_EVERY_MS);
        } while (passed() < PATIENCE_MS && !done());
      };
      await until(() => isQuiet() && !waits());
      // What has arrived is read first: then only a request that the network still carries can meet a closed connection.
      await pollOnce();
      for (const server of servers) server.closeIdleConnections();
      await until(() => !waits());
    },
  };
}
