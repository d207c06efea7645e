import type { Payments } from '../../adapters/payments/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';
import { createDueWork, type DueWork } from '../../platform/due-work.ts';
import type { References } from '../topups/reference.ts';
import { lockIntent, settleTopUp } from './settle.ts';
import { claimEvent, markHandled, nextDue, noteFailure, WEBHOOK_CHANNEL } from './store.ts';

export interface HandlerDeps {
  db: Database;
  clock: Clock;
  payments: Payments;
  references: References;
  log: { warn(facts: object, message: string): void };
  onError(error: unknown): void;
}

/** Handles stored webhooks, and later again where that failed. */
export function createWebhookHandler(deps: HandlerDeps): Promise<DueWork> {
  const { db, clock, onError } = deps;
  return createDueWork({
    ...{ db, clock, onError, channel: WEBHOOK_CHANNEL },
    nextDue: () => db.system(nextDue),
    doNext: () => handleNext(deps),
  });
}

async function handleNext(deps: HandlerDeps): Promise<boolean> {
  const { db, clock, log } = deps;
  const event = await db.system((tx) => claimEvent(tx, clock.now()));
  if (!event) return false;
  try {
    await handle(deps, event);
  } catch (cause) {
    const error = (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
    log.warn({ event: event.stripe_event_id, type: event.type, attempt: event.attempts, error }, 'a webhook waits');
    await db.system((tx) => noteFailure(tx, event.id, error));
  }
  return true;
}

/** What the event says is not believed: the provider is asked how the intent stands by now. */
async function handle(deps: HandlerDeps, event: { id: string; payload_json: string }): Promise<void> {
  const { db, clock, payments, references } = deps;
  const intentId = payments.intentOf(event.payload_json);
  await db.system(async (tx) => {
    if (intentId) {
      await lockIntent(tx, intentId);
      const settlement = await payments.settlement(intentId);
      const topUpId = references.topUpOf(settlement?.reference ?? null);
      if (settlement && topUpId) await settleTopUp(tx, topUpId, settlement);
    }
    await markHandled(tx, event.id, clock.now());
  });
}
