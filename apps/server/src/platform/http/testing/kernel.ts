import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Caller } from '../caller.ts';
import type { IdempotencyStore } from '../idempotency.ts';
import { createHttpServer, type ServerOptions } from '../server.ts';

export const user: Caller = { userId: '1', tenantId: '2', sessionId: '3', role: 'USER', locale: 'en' };
export const admin: Caller = { ...user, userId: '4', role: 'ADMIN' };
export const czech: Caller = { ...user, userId: '5', locale: 'cs' };
const people: Record<string, Caller> = { user, admin, czech };

/** Remembers answers in memory, as the store in the database does. */
export function memoryStore(): IdempotencyStore {
  const rows = new Map<string, { fingerprint: string; response: unknown; pending: boolean }>();
  const keyOf = (userId: string, key: string) => `${userId} ${key}`;
  const complete = async (userId: string, key: string, response: unknown) => {
    const row = rows.get(keyOf(userId, key));
    if (row) rows.set(keyOf(userId, key), { ...row, response, pending: false });
  };
  return {
    async claim(userId, key, fingerprint) {
      const known = rows.get(keyOf(userId, key));
      if (!known) rows.set(keyOf(userId, key), { fingerprint, response: null, pending: true });
      return known ?? null;
    },
    complete,
    completeIn: (_tx, userId, key, response) => complete(userId, key, response),
    async release(userId, key) {
      rows.delete(keyOf(userId, key));
    },
  };
}

/** The HTTP server without a database: the bearer tokens `user`, `admin` and `czech` are people. */
export async function kernel(changes: Partial<ServerOptions> = {}): Promise<FastifyInstance> {
  const app = await createHttpServer({
    origins: { publicUrl: 'http://localhost:9090', appDomain: 'localhost:9090' },
    trustProxy: false,
    logger: pino({ enabled: false }),
    authenticate: async (bearer) => people[bearer] ?? null,
    idempotency: memoryStore(),
    frontDoor: { owns: () => false, handle: () => {}, upgrade: () => {} },
    ...changes,
  });
  onTestFinished(() => app.close());
  return app;
}

export const as = (person: keyof typeof people) => ({ authorization: `Bearer ${person}` });
