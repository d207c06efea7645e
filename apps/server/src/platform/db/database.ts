import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import type { Monotonic } from '../clock.ts';
import type { Id } from './column-types.ts';
import { createFairShare } from './fair-share.ts';
import { breakConnection, Listener, type ListenHandler, type ListenOptions } from './listener.ts';
import { type DatabaseNews, Presence } from './presence.ts';
import type { DB } from './types.generated.ts';

/** A transaction in one of the two scopes; stores take it as a parameter. */
export type Tx = Transaction<DB>;

export interface DatabaseOptions {
  /** Connects as `talkide_login`. */
  url: string;
  poolSize: number;
  /** Whose platform this is, where other homes could work with the same database; they ask `isAnotherAtWork`. */
  home?: string | undefined;
  /** Told when the database goes, comes back, or has its clock set. */
  onNews?: ((news: DatabaseNews) => void) | undefined;
  /** A server that says nothing for so long is away. */
  silenceMs?: number | undefined;
  monotonic?: Monotonic | undefined;
}

/** Transactions reject with `database_away` while the server is out of reach, and with `disk_full` while it has no room. */
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
  /** Whether it is known not to answer. */
  readonly isAway: boolean;
  /** Resolves when the database answers; at once while it does, and when it is closed. */
  answering(): Promise<void>;
  /** Done whenever the database is back or its clock was set, before those who wait for it go on. */
  afterReturn(work: () => Promise<unknown>): void;
  /**
   * For how long it has answered in time, its clock in step with ours. A lease that ran out within its own length from
   * a disturbance could not be renewed, and proves nothing.
   */
  steadyForMs(): Promise<number>;
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
export function createDatabase({ url, poolSize, home, onNews, silenceMs, monotonic }: DatabaseOptions): Database {
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
  const connections = new Set<PoolClient>();
  pool.on('connect', (client) => connections.add(client));
  pool.on('remove', (client) => connections.delete(client));
  const presence = new Presence({
    ...{ url, home, silenceMs, onNews, monotonic },
    breakAll: () => {
      for (const client of connections) breakConnection(client);
      listener.breakConnection();
    },
  });

  return {
    tenant: (tenantId, work) =>
      share(tenantId, () =>
        presence.run(() =>
          kysely.transaction().execute(async (tx) => {
            await sql`select set_config('role', 'talkide_tenant', true),
                             set_config('talkide.tenant_id', ${tenantId}, true)`.execute(tx);
            return workAndLastSteps(tx, work);
          }),
        ),
      ),
    system: (work) =>
      presence.run(() =>
        kysely.transaction().execute(async (tx) => {
          await sql`select set_config('role', 'talkide_system', true)`.execute(tx);
          return workAndLastSteps(tx, work);
        }),
      ),
    listen: (channel, handler, options = {}) =>
      presence.run(() => listener.subscribe(channel, { handler, ...options })),
    notify: async (tx, channel, payload) => {
      await sql`select pg_notify(${channel}, ${payload})`.execute(tx);
    },
    get isAway() {
      return presence.isAway;
    },
    answering: () => presence.answering(),
    afterReturn: (work) => presence.afterReturn(work),
    steadyForMs: () => presence.steadyForMs(),
    close: async () => {
      const away = presence.isAway;
      await presence.close();
      // To a server that does not answer there is nobody to take leave of.
      if (away) for (const client of connections) breakConnection(client);
      await Promise.all([listener.close(), kysely.destroy()]);
    },
  };
}
