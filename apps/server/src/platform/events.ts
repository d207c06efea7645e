import { setTimeout as delay } from 'node:timers/promises';
import type { LiveEvent, StoredEvent } from '@talkide/contracts';
import { sql } from 'kysely';
import { beforeCommit, type Database, isDatabaseAway, type Tx } from './db/index.ts';
import { splitText } from './split-text.ts';

export const EVENT_CHANNEL = 'talkide_event';
export const LIVE_CHANNEL = 'talkide_live';

const PAUSE_MS = 50;
const BATCH = 500;

export interface EventScope {
  tenantId: string;
  /** Only this project's events; all of the tenant's when absent. */
  projectId?: string;
}

/** An event as a feed hands it on: stored ones have an id to resume from, live ones have none. */
export interface Delivered {
  id?: string;
  event: StoredEvent | LiveEvent;
}

/**
 * Writes an event in the transaction of the change it tells about. Within a tenant, order of ids is order of commits:
 * a lock per tenant sees to that, which is taken at the end of the transaction so that it never waits for another lock.
 */
export async function appendEvent(tx: Tx, scope: EventScope, event: StoredEvent): Promise<void> {
  const payload = JSON.stringify(event);
  beforeCommit(tx, async () => {
    await sql`select append_event(${scope.tenantId}, ${scope.projectId ?? null}, ${event.type}, ${payload}::jsonb)`.execute(
      tx,
    );
  });
}

/** The newest stored event of a scope, from which a client that has just read the state can follow. */
export async function lastEventId(tx: Tx, scope: EventScope): Promise<string> {
  const query = tx
    .selectFrom('event')
    .select('id')
    .where('tenant_id', '=', scope.tenantId)
    .orderBy('id', 'desc')
    .limit(1);
  const row = await (scope.projectId ? query.where('project_id', '=', scope.projectId) : query).executeTakeFirst();
  return row?.id ?? '0';
}

/** Tells every process's feeds something that is not kept. */
export function publishLive(db: Database, tenantId: string, event: LiveEvent): Promise<void> {
  return db.system((tx) => notifyLive(tx, db, tenantId, event));
}

/** The same as part of a transaction: heard when it commits. */
export async function notifyLive(
  tx: Tx,
  db: Pick<Database, 'notify'>,
  tenantId: string,
  event: LiveEvent,
): Promise<void> {
  for (const part of splitText(event)) {
    await db.notify(tx, LIVE_CHANNEL, JSON.stringify({ t: tenantId, p: part.projectId, e: part }));
  }
}

interface Subscriber {
  scope: EventScope;
  stored(): void;
  live(event: LiveEvent): void;
}

/** Hands committed and live events of all processes to the feeds of this one. */
export interface EventHub {
  subscribe(scope: EventScope, afterId: string, signal: AbortSignal): AsyncGenerator<Delivered, void>;
  /** Calls back for every live event that this process hears, whatever its tenant. */
  onLive(listener: (tenantId: string, event: LiveEvent) => void): void;
}

export async function createEventHub(db: Database): Promise<EventHub> {
  const subscribers = new Set<Subscriber>();
  const liveListeners: ((tenantId: string, event: LiveEvent) => void)[] = [];
  const matches = (scope: EventScope, t: string, p: string | null) =>
    scope.tenantId === t && (!scope.projectId || scope.projectId === p);

  const committed = (payload: string) => {
    const { t, p } = JSON.parse(payload) as { t: number | string; p: number | string | null };
    for (const one of subscribers) if (matches(one.scope, String(t), p === null ? null : String(p))) one.stored();
  };
  // What was committed while nobody listened is read by everybody.
  const readAll = () => {
    for (const one of subscribers) one.stored();
  };
  await db.listen(EVENT_CHANNEL, committed, { onReconnect: readAll });
  await db.listen(LIVE_CHANNEL, (payload) => {
    const { t, e } = JSON.parse(payload) as { t: string; e: LiveEvent };
    for (const listener of liveListeners) listener(t, e);
    for (const one of subscribers) if (matches(one.scope, t, e.projectId)) one.live(e);
  });

  return {
    onLive: (listener) => void liveListeners.push(listener),
    async *subscribe(scope, afterId, signal) {
      const pending: LiveEvent[] = [];
      let fresh = true;
      let wake = () => {};
      const subscriber: Subscriber = {
        scope,
        stored: () => {
          fresh = true;
          wake();
        },
        live: (event) => {
          pending.push(event);
          wake();
        },
      };
      subscribers.add(subscriber);
      const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
      const onAbort = () => {
        abort();
        wake();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        let cursor = afterId;
        while (!signal.aborted) {
          if (fresh) {
            fresh = false;
            const rows = await readAfter(db, scope, cursor).catch(waitForDatabase);
            if (!rows) {
              fresh = true;
              await Promise.race([db.answering(), aborted]);
              // It may answer others, and have no connection free for us.
              await Promise.race([delay(PAUSE_MS), aborted]);
              continue;
            }
            if (rows.length === BATCH) fresh = true;
            for (const row of rows) {
              cursor = row.id;
              yield { id: row.id, event: row.payload as StoredEvent };
            }
            continue;
          }
          const live = pending.shift();
          if (live) {
            yield { event: live };
            continue;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (signal.aborted || fresh || pending.length > 0) resolve();
          });
        }
      } finally {
        subscribers.delete(subscriber);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

/** A feed outlives an outage of the database: it goes on where it was. */
function waitForDatabase(error: unknown): null {
  if (isDatabaseAway(error)) return null;
  throw error;
}

async function readAfter(db: Database, scope: EventScope, afterId: string) {
  return db.tenant(scope.tenantId, (tx) => {
    const query = tx
      .selectFrom('event')
      .select(['id', 'payload'])
      .where('tenant_id', '=', scope.tenantId)
      .where('id', '>', afterId)
      .orderBy('id')
      .limit(BATCH);
    return (scope.projectId ? query.where('project_id', '=', scope.projectId) : query).execute();
  });
}
