import { randomUUID } from 'node:crypto';
import { WORKER_PATHS } from '@talkide/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TurnRow } from '../platform/db/index.ts';
import { Client } from './client.ts';
import { type Forward, forward } from './forward.ts';
import { defaultGatewayTimings, type GatewayDeps } from './ports.ts';
import { createPriceReader } from './price-book.ts';
import { type Refusal, refusals } from './refusals.ts';
import { peekRequest } from './request-peek.ts';
import { roleOf, turnOfToken } from './turn-access.ts';
import { createUpstream, UpstreamSilent } from './upstream.ts';

export type { GatewayDeps } from './ports.ts';

export interface Gateway {
  /** The Anthropic-compatible API for the agents of running turns, for the control socket. */
  routes(controlApp: FastifyInstance): void;
  close(): Promise<void>;
}

const BODY_LIMIT = 32 * 1024 * 1024;

/** Holds the model key, lets running turns call the model, and meters every call. */
export function createGateway(deps: GatewayDeps): Gateway {
  const timings = { ...defaultGatewayTimings, ...deps.timings };
  const upstream = createUpstream(deps.upstream, timings);
  const readPrices = createPriceReader(deps.db);

  /** Answers a call, or says in Anthropic's form why not. */
  const serve = async (
    request: FastifyRequest,
    reply: FastifyReply,
    act: (one: Forward, turn: TurnRow) => Promise<Refusal | undefined>,
  ): Promise<void> => {
    const client = new Client(reply);
    const requestId = `req_${randomUUID().replaceAll('-', '')}`;
    const refuse = (refusal: Refusal) => client.refuse(refusal, requestId);
    try {
      const turn = await turnOfToken(deps.db, request);
      if (!turn) return refuse(refusals.unauthenticated);
      const { enabled, reason } = await deps.killSwitch('agent-turns');
      if (enabled) return refuse(refusals.turnsOff(reason));
      const one: Forward = { deps, timings, upstream, client, requestId, request: toUpstream(request) };
      const refusal = await act(one, turn);
      if (refusal) refuse(refusal);
    } catch (error) {
      if (error instanceof UpstreamSilent) {
        deps.log.warn({ requestId, reason: error.message }, 'The model API cannot be reached');
        return refuse(error.refusal);
      }
      deps.log.error({ err: error, requestId }, 'The gateway failed');
      refuse(refusals.internal);
    }
  };

  const messages = (request: FastifyRequest, reply: FastifyReply) =>
    serve(request, reply, async (one, turn) => {
      const startedAt = performance.now();
      const peek = one.request.body && peekRequest(one.request.body);
      if (!peek) return refusals.malformed;
      const prices = await readPrices();
      const price = prices.priceOf(peek.model);
      if (!price) return refusals.unknownModel(peek.model);
      await forward(one, { turn, agentRole: roleOf(request), model: peek.model, price, prices, startedAt });
      return undefined;
    });

  const free = (request: FastifyRequest, reply: FastifyReply) =>
    serve(request, reply, async (one) => {
      await forward(one, null);
      return undefined;
    });

  return {
    routes: (controlApp) => {
      controlApp.register(async (app) => {
        // Bodies pass as the bytes they are.
        app.removeAllContentTypeParsers();
        app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
          done(null, body),
        );
        app.setErrorHandler((error: { code?: string }, _request, reply) => {
          const tooLarge = error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
          new Client(reply).refuse(tooLarge ? refusals.tooLarge : refusals.malformed, `req_${randomUUID()}`);
        });
        const base = `${WORKER_PATHS.gateway}/v1`;
        app.post(`${base}/messages`, { bodyLimit: BODY_LIMIT }, messages);
        app.post(`${base}/messages/count_tokens`, { bodyLimit: BODY_LIMIT }, free);
        app.get(`${base}/models`, free);
      });
    },
    close: () => upstream.close(),
  };
}

function toUpstream(request: FastifyRequest): Forward['request'] {
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path: request.url.slice(WORKER_PATHS.gateway.length),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : null,
  };
}
