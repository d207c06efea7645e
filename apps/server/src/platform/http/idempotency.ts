import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../errors.ts';
import type { Tx } from '../db/index.ts';
import { sha256 } from '../secrets.ts';
import type { Caller } from './caller.ts';

/** Remembers the answers of creating calls by person and key. */
export interface IdempotencyStore {
  /**
   * Claims the key: null when it is new; the stored answer when the call was made before.
   * `pending` when the first call is still running.
   */
  claim(
    userId: string,
    key: string,
    fingerprint: string,
  ): Promise<null | { fingerprint: string; response: unknown; pending: boolean }>;
  /** Keeps an answer; while the database is away, later. */
  complete(userId: string, key: string, response: unknown): Promise<void>;
  /** The same in a transaction of the caller's, tenant or system. */
  completeIn(tx: Tx, userId: string, key: string, response: unknown): Promise<void>;
  /** Frees a key that has no answer; while the database is away, later. */
  release(userId: string, key: string): Promise<void>;
}

declare module 'fastify' {
  interface FastifyInstance {
    idempotency: IdempotencyStore;
  }
}

const KEY_FORM = /^[\x21-\x7e]{1,200}$/;

/** The `Idempotency-Key` of a request; null when it has none. */
export function idempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !KEY_FORM.test(key)) {
    throw new DomainError('bad_request', { reason: 'Idempotency-Key takes 1 to 200 visible ASCII characters' });
  }
  return key;
}

/** Runs a creating call once per `Idempotency-Key` of a person and repeats its answer after that. */
export async function runOnce(
  request: FastifyRequest,
  caller: Caller,
  body: unknown,
  act: () => Promise<unknown>,
): Promise<unknown> {
  const key = idempotencyKey(request);
  if (key === null) return act();
  const store = request.server.idempotency;
  const fingerprint = sha256(`${request.method} ${request.url}\n${JSON.stringify(body ?? null)}`);
  const earlier = await store.claim(caller.userId, key, fingerprint);
  if (earlier) {
    if (earlier.fingerprint !== fingerprint) throw new DomainError('idempotency_mismatch');
    if (earlier.pending) throw new DomainError('rate_limited', { retryAfterSeconds: 1 });
    return earlier.response;
  }
  const answer = await act().catch(async (error: unknown) => {
    // What failed is what the client must hear; a claim that stays is free again after a minute.
    await store.release(caller.userId, key).catch(() => {});
    throw error;
  });
  await store.complete(caller.userId, key, answer ?? null);
  return answer;
}
