import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool } from 'pg';
import type { Id } from './column-types.ts';
import { createFairShare } from './fair-share.ts';
import { Listener, type ListenHandler, type ListenOptions } from './listener.ts';
import type { DB } from './types.generated.ts';

/** A transaction in one of the two scopes; stores take it as a parameter. */
export type Tx = Transaction<DB>;

export interface DatabaseOptions {
  /** Connects as `talkide_login`. */
  url: string;
  poolSize: number;
}

export interface Database {
  /**
   * A transaction that sees one tenant's rows and no other's. A tenant has a third of the connections at most, so that one
   * that asks for very much waits for itself and not all others for it. Never inside another of the same tenant.
   */
  tenant<T>(tenantId: Id, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction of the platform's own, across tenants. */
  system<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls the handler for every notification on the channel; resolves when listening, to the unsubscribe function. */
  listen(channel: string, handler: ListenHandler, options?: ListenOptions): Promise<() => Promise<void>>;
  /** Sent when the transaction commits; at most 8,000 bytes. */
  notify(tx: Tx, channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

type LastStep = () => Promise<void>;
const lastSteps = new WeakMap<Tx, LastStep[]>();

/**
 * Does something at the end of the transaction, after all other work of it: for locks that many transactions share,
 * which must be taken last and in the same order by all of them.
 */
export function beforeCommit(tx: Tx, step: LastStep): void {
  const steps = lastSteps.get(tx);
  if (!steps) throw new Error('beforeCommit needs a transaction of db.tenant or db.system');
  steps.push(step);
}

async function workAndLastSteps<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  const steps: LastStep[] = [];
  lastSteps.set(tx, steps);
  const result = await work(tx);
  for (const step of steps) await step();
  return result;
}

/** The pool of the application. A scope ends with its transaction: a connection goes back without any right. */
export function createDatabase({ url, poolSize }: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'talkide',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  // An idle connection that breaks is replaced by the pool; without a handler it would end the process.
  pool.on('error', () => undefined);
  // One that breaks in the middle of a transaction fails its query, which is reported; the event is not to end us.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  const listener = new Listener(url);
  const share = createFairShare(Math.max(1, Math.floor(poolSize / 3)));

  return {
    tenant: (tenantId, work) =>
      share(tenantId, () =>
        kysely.transaction().execute(async (tx) => {
          await sql`select set_config('role', 'talkide_tenant', true),
                           set_config('talkide.tenant_id', ${tenantId}, true)`.execute(tx);
          return workAndLastSteps(tx, work);
        }),
      ),
    system: (work) =>
      kysely.transaction().execute(async (tx) => {
        await sql`select set_config('role', 'talkide_system', true)`.execute(tx);
        return workAndLastSteps(tx, work);
      }),
    listen: (channel, handler, options = {}) => listener.subscribe(channel, { handler, ...options }),
    notify: async (tx, channel, payload) => {
      await sql`select pg_notify(${channel}, ${payload})`.execute(tx);
    },
    close: async () => {
      await Promise.all([listener.close(), kysely.destroy()]);
    },
  };
}
