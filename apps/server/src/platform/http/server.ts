import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import cookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Authenticate } from './caller.ts';
import type { Requests } from './drain.ts';
import type { Guard } from './https-guard.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { sendProblem } from './problems.ts';
import { type Origins, securityHeaders, setHeaders } from './security.ts';
import { type Listeners, probing, setTimes, shouldUpgradeCallback } from './tls-server.ts';
import { endUpgrades, refuse, takeUpgrades } from './upgrades.ts';

/** What stands in front of the platform on the same port: the edge to applications. */
export interface FrontDoor {
  /** True when the host is an application's. */
  owns(host: string | undefined): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface ServerOptions {
  origins: Origins;
  trustProxy: boolean;
  logger: FastifyBaseLogger;
  authenticate: Authenticate;
  idempotency: IdempotencyStore;
  frontDoor: FrontDoor;
  /** Told of every request, the applications' too. */
  requests?: Requests;
  /** Stands before all of it. */
  guard?: Guard | undefined;
  /** Serves the same on another port. */
  alsoServe?: ((listeners: Listeners) => void) | undefined;
}

const BODY_DEADLINE_MS = 30_000;

/** A body that trickles in for ever holds a connection: it is cut. */
function boundBody(request: IncomingMessage): void {
  const deadline = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, BODY_DEADLINE_MS);
  deadline.unref();
  request.once('end', () => clearTimeout(deadline));
  request.once('close', () => clearTimeout(deadline));
}

/** For several hosts at once: we would take the first, and an application perhaps another (RFC 9112, 3.2). */
const isAmbiguous = (request: IncomingMessage): boolean => (request.headersDistinct.host?.length ?? 0) > 1;

function listenersOf({ frontDoor, guard, requests }: ServerOptions, platform: RequestListener): Listeners {
  return {
    request: (request, response) => {
      requests?.watch(response);
      if (isAmbiguous(request)) return void response.writeHead(400, { connection: 'close' }).end();
      if (guard?.answers(request, response)) return;
      if (frontDoor.owns(request.headers.host)) return void frontDoor.handle(request, response);
      boundBody(request);
      platform(request, response);
    },
    upgrade: (request, socket, head) => {
      if (isAmbiguous(request)) refuse(socket, 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      else if (guard?.refuses(request)) refuse(socket, 'HTTP/1.1 421 Misdirected Request\r\nconnection: close\r\n\r\n');
      else if (frontDoor.owns(request.headers.host)) frontDoor.upgrade(request, socket, head);
      else refuse(socket, 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    },
  };
}

/** The platform's HTTP server: applications by host through the front door, the rest to Fastify. */
export async function createHttpServer(options: ServerOptions): Promise<FastifyInstance> {
  const headers = securityHeaders(options.origins);
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    trustProxy: options.trustProxy,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: true,
    // An address that cannot be decoded never reaches the hooks.
    frameworkErrors: (error, request, reply) => {
      setHeaders(reply, headers);
      sendProblem(error, request, reply);
    },
    serverFactory: (handler) => {
      const listeners = listenersOf(options, handler);
      options.alsoServe?.(listeners);
      const server: Server = createServer({ shouldUpgradeCallback, ...probing }, listeners.request);
      takeUpgrades(server, listeners.upgrade);
      setTimes(server);
      return server;
    },
  });
  app.addHook('preClose', async () => endUpgrades(app.server));
  // The API speaks JSON; what a form of a foreign page could send is refused by its type.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', null);
  app.decorate('idempotency', options.idempotency);
  await app.register(cookie);
  app.addHook('onRequest', async (request, reply) => {
    setHeaders(reply, headers);
    reply.header('x-request-id', request.id);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer) request.caller = await options.authenticate(bearer);
  });
  app.setErrorHandler(sendProblem);
  return app;
}
