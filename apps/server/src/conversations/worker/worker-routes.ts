import { LookRequest, PackagesRequest, TurnResult, WORKER_PATHS, WorkerEvents } from '@talkide/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../../errors.ts';
import { cleanJson } from '../clean.ts';
import type { Kit } from '../kit.ts';
import type { Supervision } from '../supervision.ts';
import { claim, type IdleSince } from './claim.ts';
import { createEnvironments, type WorkerEnvironment } from './environments.ts';
import { heartbeat } from './heartbeat.ts';
import { LeaseLost } from './lease.ts';
import { lookAt } from './look.ts';
import { changePackages } from './packages.ts';
import { takeEvents } from './take-events.ts';
import { takeLost } from './take-lost.ts';
import { type Finishing, takeResult } from './take-result.ts';

const EVENTS_LIMIT = 8 * 1024 * 1024;
const Held = z.object({ leaseToken: z.uuid() });
const TurnParams = z.object({ turnId: z.string().regex(/^[1-9]\d{0,18}$/) });

type Handler = (call: {
  environment: WorkerEnvironment;
  request: FastifyRequest;
  reply: FastifyReply;
  /** Fires when the worker hangs up or the platform shuts down. */
  abort: AbortSignal;
}) => Promise<unknown>;

/** The worker protocol on the control socket. `closing` ends the long polls. */
export function bindWorkerRoutes(app: FastifyInstance, kit: Kit, supervision: Supervision, closing: AbortSignal): void {
  const environments = createEnvironments(kit.db, kit.secrets);
  const idleSince: IdleSince = new Map();
  const finishing: Finishing = new Map();

  const post = (url: string, handler: Handler) =>
    app.post(url, { bodyLimit: EVENTS_LIMIT }, async (request, reply) => {
      if (closing.aborted) return refuse(reply, 503, 'unavailable', 'The control plane is shutting down.');
      const hungUp = new AbortController();
      reply.raw.once('close', () => hungUp.abort());
      const abort = AbortSignal.any([closing, hungUp.signal]);
      try {
        const environment = await environments.authenticate(request.headers.authorization);
        if (!environment) return refuse(reply, 401, 'unauthenticated', 'This worker token is not known.');
        return await handler({ environment, request, reply, abort });
      } catch (error) {
        if (abort.aborted) return refuse(reply, 503, 'unavailable', 'The call was broken off.');
        if (error instanceof LeaseLost) return refuse(reply, 409, 'lease_lost', error.message);
        if (error instanceof z.ZodError) return refuse(reply, 400, 'bad_request', z.prettifyError(error));
        // Tried again by the worker until it is answered.
        if (error instanceof DomainError && error.status >= 503) return refuse(reply, 503, error.code, error.message);
        kit.log.error({ err: error, url: request.url }, 'A call of a worker failed');
        return refuse(reply, 500, 'internal', 'The control plane failed; try again.');
      }
    });

  post(WORKER_PATHS.claim, async ({ environment, reply, abort }) => {
    const answer = await claim(kit, environment, idleSince, abort);
    if (answer.kind === 'turn') {
      supervision.claimed(environment.id);
      return answer.turn;
    }
    if (answer.kind === 'exit') reply.header('x-talkide-idle', 'exit');
    return reply.code(204).send();
  });

  post(WORKER_PATHS.events(':turnId'), ({ environment, request }) =>
    takeEvents(kit, environment, turnIdOf(request), WorkerEvents.parse(cleanJson(request.body))),
  );

  post(WORKER_PATHS.heartbeat(':turnId'), ({ environment, request, abort }) =>
    heartbeat(kit, environment, turnIdOf(request), Held.parse(request.body).leaseToken, abort),
  );

  post(WORKER_PATHS.lost(':turnId'), async ({ environment, request, reply }) => {
    await takeLost(kit, environment, turnIdOf(request), Held.parse(request.body).leaseToken, finishing);
    return reply.code(204).send();
  });

  post(WORKER_PATHS.look(':turnId'), ({ environment, request, abort }) =>
    lookAt(kit, environment, turnIdOf(request), LookRequest.parse(request.body), abort),
  );

  post(WORKER_PATHS.packages(':turnId'), ({ environment, request, abort }) =>
    changePackages(kit, environment, turnIdOf(request), PackagesRequest.parse(request.body), abort),
  );

  post(WORKER_PATHS.result(':turnId'), async ({ environment, request, reply }) => {
    await takeResult(kit, environment, turnIdOf(request), TurnResult.parse(cleanJson(request.body)), finishing);
    return reply.code(204).send();
  });
}

const turnIdOf = (request: FastifyRequest): string => TurnParams.parse(request.params).turnId;

function refuse(reply: FastifyReply, status: number, code: string, message: string) {
  return reply.code(status).send({ code, message });
}
