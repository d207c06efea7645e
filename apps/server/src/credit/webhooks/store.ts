import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';

/** The channel that wakes whoever handles webhooks. */
export const WEBHOOK_CHANNEL = 'talkide_webhooks';

export interface TakenEvent {
  id: string;
  type: string;
  /** The body as it came. */
  payload: string;
  /** False: nothing of ours depends on events of this type. */
  matters: boolean;
}

/** Keeps an event, once. */
export async function insertEvent(tx: Tx, event: TakenEvent, now: Date): Promise<void> {
  const inserted = await tx
    .insertInto('stripe_webhook_events')
    .values({
      stripe_event_id: event.id,
      type: event.type,
      payload_json: event.payload,
      received_at: now,
      next_attempt_at: now,
      handled_at: event.matters ? null : now,
    })
    .onConflict((conflict) => conflict.column('stripe_event_id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted && event.matters) await wake(tx);
}

async function wake(tx: Tx): Promise<void> {
  await sql`select pg_notify(${WEBHOOK_CHANNEL}, '')`.execute(tx);
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 3_600_000;
/** How long after its n-th attempt an event is tried again; also how long it is left alone when its process died. */
const waitAfterAttempt = (attempt: number): number => Math.min(FIRST_WAIT_MS * 4 ** attempt, LONGEST_WAIT_MS);

/** Takes the event that has waited longest; nobody else gets it until its next attempt is due. */
export async function claimEvent(tx: Tx, now: Date) {
  const due = await tx
    .selectFrom('stripe_webhook_events')
    .selectAll()
    .where('handled_at', 'is', null)
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!due) return null;
  const attempts = due.attempts + 1;
  await tx
    .updateTable('stripe_webhook_events')
    .set({ attempts, next_attempt_at: new Date(now.getTime() + waitAfterAttempt(attempts)) })
    .where('id', '=', due.id)
    .execute();
  return { ...due, attempts };
}

export async function markHandled(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.updateTable('stripe_webhook_events').set({ handled_at: now, error: null }).where('id', '=', id).execute();
}

export async function noteFailure(tx: Tx, id: string, error: string): Promise<void> {
  await tx.updateTable('stripe_webhook_events').set({ error }).where('id', '=', id).execute();
}

/** When the next event is due; null when none waits. */
export async function nextDue(tx: Tx): Promise<Date | null> {
  const row = await tx
    .selectFrom('stripe_webhook_events')
    .select(sql<Date | null>`min(next_attempt_at)`.as('due'))
    .where('handled_at', 'is', null)
    .executeTakeFirst();
  return row?.due ?? null;
}

/** Which events to handle once more. */
export type Selection = { all: true } | { eventId: string } | { type: string };

/** Has stored events handled again, as if they had just come; their ids at the provider. */
export async function replayEvents(tx: Tx, selection: Selection, types: readonly string[]): Promise<string[]> {
  const rows = await tx
    .updateTable('stripe_webhook_events')
    .set({ handled_at: null, attempts: 0, next_attempt_at: sql<Date>`now()`, error: null })
    .where('type', 'in', types)
    .$if('eventId' in selection, (query) =>
      query.where('stripe_event_id', '=', 'eventId' in selection ? selection.eventId : ''),
    )
    .$if('type' in selection, (query) => query.where('type', '=', 'type' in selection ? selection.type : ''))
    .returning('stripe_event_id')
    .execute();
  await wake(tx);
  return rows.map((row) => row.stripe_event_id);
}

/** What is not handled yet, the oldest first. */
export const waitingEvents = (tx: Tx) =>
  tx
    .selectFrom('stripe_webhook_events')
    .select(['stripe_event_id as eventId', 'type', 'error'])
    .where('handled_at', 'is', null)
    .orderBy('id')
    .execute();
