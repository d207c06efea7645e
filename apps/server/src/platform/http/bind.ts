import type { RouteContract } from '@talkide/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '../../errors.ts';
import type { Tx } from '../db/index.ts';
import type { Caller } from './caller.ts';
import { idempotencyKey, runOnce } from './idempotency.ts';

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;
type Success<R extends RouteContract> = R['responses'][keyof R['responses']];
type Body<R extends RouteContract> = Success<R> extends z.ZodType ? z.input<Success<R>> : never;

export interface Call<R extends RouteContract> {
  params: Parsed<R['params']>;
  query: Parsed<R['query']>;
  body: Parsed<R['body']>;
  /** Present on every route that is not public. */
  caller: R['access'] extends 'public' ? Caller | null : Caller;
  request: FastifyRequest;
  reply: FastifyReply;
  /**
   * Keeps the answer for the call's `Idempotency-Key` in the transaction of what it does: however this process dies, a
   * repeated call then repeats the answer and never the effect. Without a key it does nothing.
   */
  keep(tx: Tx, answer: Body<R>): Promise<void>;
}

export type Handler<R extends RouteContract> = (call: Call<R>) => Promise<Body<R>>;

const DEFAULT_BODY_LIMIT = 64 * 1024;

/**
 * Binds a handler to a route contract: access, parsing, `Idempotency-Key` and the shape of the answer are seen to here.
 * A handler that has answered by itself (a stream) returns with `reply.sent` or `reply.hijack()`.
 */
export function bind<const R extends RouteContract>(app: FastifyInstance, contract: R, handler: Handler<R>): void {
  const [status, schema] = Object.entries(contract.responses)[0] as [string, z.ZodType];
  app.route({
    method: contract.method,
    url: contract.url,
    bodyLimit: contract.bodyLimit ?? DEFAULT_BODY_LIMIT,
    handler: async (request, reply) => {
      const caller = allow(contract, request.caller);
      const call = {
        params: parse(contract.params, request.params, 'path'),
        query: parse(contract.query, request.query, 'query'),
        body: parse(contract.body, request.body ?? undefined, 'body'),
        caller,
        request,
        reply,
        keep: async (tx: Tx, answer: Body<R>) => {
          const key = contract.idempotent === true && caller ? idempotencyKey(request) : null;
          if (key === null || !caller) return;
          await request.server.idempotency.completeIn(tx, caller.userId, key, toAnswer(contract, schema, answer));
        },
      } as Call<R>;
      const act = async () => {
        const result = await handler(call);
        return reply.sent ? undefined : toAnswer(contract, schema, result);
      };
      const answer =
        contract.idempotent === true && caller ? await runOnce(request, caller, call.body, act) : await act();
      if (reply.sent) return reply;
      reply.code(Number(status));
      if (answer === undefined) return reply.send();
      return typeof answer === 'object'
        ? reply.type('application/json').send(JSON.stringify(answer))
        : reply.send(answer);
    },
  });
}

function allow(contract: RouteContract, caller: Caller | null): Caller | null {
  if (contract.access === 'public') return caller;
  if (!caller) throw new DomainError('unauthenticated');
  if (contract.access === 'admin' && caller.role !== 'ADMIN') throw new DomainError('forbidden');
  return caller;
}

function parse(schema: z.ZodType | undefined, value: unknown, part: 'path' | 'query' | 'body'): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // A malformed id in a path is the same as one that does not exist.
  if (part === 'path') throw new DomainError('not_found');
  const fields = Object.fromEntries(result.error.issues.map((issue) => [`/${issue.path.join('/')}`, issue.message]));
  const first = result.error.issues[0];
  throw new DomainError('bad_request', {
    reason: first ? `${first.path.join('.') || part}: ${first.message}` : `the ${part} does not fit`,
    fields,
  });
}

/** Checks our own answer, which also drops whatever the contract does not name. */
function toAnswer(contract: RouteContract, schema: z.ZodType, result: unknown): unknown {
  if (schema.type === 'void') return undefined;
  if (schema.type === 'any') return result;
  const checked = schema.safeParse(result);
  if (!checked.success) {
    throw new DomainError(
      'internal',
      {},
      new Error(`answer of ${contract.method} ${contract.url}: ${checked.error.message}`),
    );
  }
  return checked.data;
}
