import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import { createIdentity, type Identity, type IdentityDeps } from '../../identity/index.ts';
import { createOperations, type Operations } from '../../operations/index.ts';
import type { Database } from '../../platform/db/index.ts';
import { createIdempotencyStore } from '../../platform/http/idempotency-store.ts';
import { createHttpServer } from '../../platform/http/server.ts';
import { createSecrets } from '../../platform/secrets.ts';
import { createTenancy } from '../../tenancy/index.ts';

/** A clock that a test sets. */
export class TestClock {
  #offset = 0;

  now(): Date {
    return new Date(Date.now() + this.#offset);
  }

  pass(seconds: number): void {
    this.#offset += seconds * 1000;
  }
}

const runtimeStatus = {
  status: 'available',
  limits: 'cgroups',
  grade: 'PRODUCTION',
  reason: null,
  mend: null,
  executor: 'NETWORK_WORKER',
  room: { freeMb: 4_000, floorMb: 256, low: false },
} as const;

export interface TestPlatform {
  app: FastifyInstance;
  identity: Identity;
  operations: Operations;
  clock: TestClock;
  close(): Promise<void>;
}

/** The routes of identity, tenancy and operations on the real kernel, closed after the test file. */
export async function peopleServer(db: Database, changes: Partial<IdentityDeps> = {}): Promise<TestPlatform> {
  const platform = await startPeopleServer(db, changes);
  afterAll(platform.close);
  return platform;
}

/** The same, closed by the test itself. */
export async function startPeopleServer(db: Database, changes: Partial<IdentityDeps> = {}): Promise<TestPlatform> {
  const clock = new TestClock();
  const secrets = createSecrets('s'.repeat(32));
  const publicUrl = changes.publicUrl ?? 'http://localhost:9090';
  const tenancy = createTenancy({ db });
  const operations = createOperations({
    monotonic: () => clock.now().getTime(),
    db,
    clock,
    secrets,
    publicUrl,
    runtimeStatus: () => runtimeStatus,
  });
  const identity = await createIdentity({
    db,
    clock,
    secrets,
    publicUrl,
    signUpMode: 'open',
    demoModel: true,
    startingCreditUsd: '5.00',
    tenancy,
    gate: operations.gate,
    log: pino({ enabled: false }),
    bcryptCost: 4,
    ...changes,
  });
  const app = await createHttpServer({
    origins: { publicUrl, appDomain: 'localhost:9090' },
    trustProxy: false,
    logger: pino({ enabled: false }),
    authenticate: identity.authenticate,
    idempotency: createIdempotencyStore(db),
    frontDoor: { owns: () => false, handle: () => {}, upgrade: () => {} },
  });
  identity.routes(app);
  tenancy.routes(app);
  operations.routes(app);
  const close = async () => {
    await app.close();
    await identity.close();
  };
  return { app, identity, operations, clock, close };
}

/** An address that no other test calls from: limits count by it. */
export const freshIp = (): string => `10.${[...randomBytes(3)].join('.')}`;
export const freshEmail = (name = 'person'): string => `${name}-${randomBytes(4).toString('hex')}@example.com`;
export const PASSWORD = 'teapot orbit lantern';
