import { setTimeout as delay } from 'node:timers/promises';
import type { LiveEvent } from '@talkide/contracts';
import { brokenRule, type Database, type TurnRow, type Tx } from '../../platform/db/index.ts';
import { notifyLive } from '../../platform/events.ts';
import { formatUsd, toUnits, usd } from '../../platform/money.ts';
import type { CreditPort, Log } from '../ports.ts';
import { type CallRecord, isCharged } from './call-record.ts';
import type { Journal } from './journal.ts';
import { addToTurns, insertCalls, useByTurn } from './store.ts';

export interface RecorderOptions {
  db: Database;
  log: Log;
  journal: Journal;
  /** Takes the cost of calls from the credit, in the transaction that records them. */
  charge: CreditPort['charge'];
  settle: CreditPort['settle'];
  /** Told in that transaction about the turns whose cost has changed. */
  costChanged(tx: Tx, turn: TurnRow): Promise<void>;
}

/** Brings the records of ended calls into the database, many at a time. */
export interface Recorder {
  /** Written to the journal at once. `reserved`: given back when it is in the database; null where nothing was set aside. */
  add(record: CallRecord, reserved: bigint | null): void;
  /** Resolves when every call of the turn that has been added is in the database. */
  settled(turnId: string): Promise<void>;
  /** Writes what waits; what cannot be written now stays in the journal for the next process. */
  close(): Promise<void>;
}

/** It breaks a rule, or has a value that the database does not take (class 22): it never will be stored. */
const isRefused = (error: unknown): boolean =>
  brokenRule(error) !== undefined || /^22/.test(String((error as { code?: unknown } | null)?.code ?? ''));

const BATCH = 1_000;
/** How long records gather before they are written: the journal has them meanwhile. */
const GATHER_MS = 100;
const RETRY_MS = [50, 250, 1_000, 2_000];
const CLOSE_MS = 5_000;

/** It waits for a while, so it holds nothing else of its call alive. */
interface Waiting {
  record: CallRecord;
  reserved: bigint | null;
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { db, log, journal } = options;
  const queue: Waiting[] = [];
  /** Those who wait for the records before a place in the order of all. */
  let waiters: { before: number; resolve(): void }[] = [];
  let written = 0;
  let running: Promise<void> | null = null;
  let gathering: NodeJS.Timeout | undefined;
  let closing = false;

  const write = (batch: readonly Waiting[]) =>
    db.system(async (tx) => {
      const known = await insertCalls(tx, JSON.stringify(batch.map((one) => one.record)));
      // One whose commit was not heard of is there already, and has been charged.
      const fresh = batch.map((one) => one.record).filter((one) => !known.has(one.call_id));
      if (fresh.length === 0) return;
      const turns = await addToTurns(tx, useByTurn(fresh));
      await options.charge(tx, fresh.filter(isCharged));
      for (const turn of turns) {
        await options.costChanged(tx, turn);
        await notifyLive(tx, db, turn.tenant_id, costEvent(turn));
      }
    });

  /** Tries until it is written; a record that breaks a rule of the database is taken out, so that it stops no other. */
  async function insist(batch: readonly Waiting[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await write(batch);
      } catch (error) {
        if (isRefused(error)) {
          if (batch.length > 1) for (const one of batch) await insist([one]);
          // The log is the last resort: everything that the row would have held.
          else log.error({ err: error, record: batch[0]?.record }, 'Usage not recorded');
          return;
        }
        if (closing) throw error;
        log.warn({ err: error, records: batch.length }, 'Usage cannot be recorded now');
        await delay(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
      }
    }
  }

  function settle({ reserved, record }: Waiting): void {
    try {
      if (reserved !== null) options.settle(record.turn_id, reserved, toUnits(record.charged_cost_usd));
    } catch (error) {
      log.error({ err: error, callId: record.call_id }, 'A reservation was not given back');
    }
  }

  /** Writes what waits now; what comes meanwhile gathers for the next time, unless somebody waits for it. */
  async function drain(): Promise<void> {
    do {
      const batch = queue.slice(0, BATCH);
      await insist(batch);
      queue.splice(0, batch.length);
      written += batch.length;
      for (const one of batch) settle(one);
      const served = waiters.filter(({ before }) => before <= written);
      waiters = waiters.filter(({ before }) => before > written);
      for (const { resolve } of served) resolve();
    } while (queue.length >= BATCH || waiters.length > 0 || (closing && queue.length > 0));
    if (queue.length === 0) journal.clear();
  }

  function flush(): void {
    clearTimeout(gathering);
    gathering = undefined;
    if (queue.length === 0 || running) return;
    running = drain()
      .catch((error: unknown) => log.error({ err: error, calls: queue.length }, 'Usage waits in the journal'))
      .finally(() => {
        running = null;
        if (queue.length > 0 && !closing) gathering ??= setTimeout(flush, GATHER_MS);
      });
  }

  return {
    add: (record, reserved) => {
      try {
        journal.ended(record);
      } catch (error) {
        log.error({ err: error, record }, 'The journal of calls cannot be written');
      }
      queue.push({ record, reserved });
      if (!running) gathering ??= setTimeout(flush, GATHER_MS);
    },
    settled: async (turnId) => {
      const last = queue.findLastIndex((one) => one.record.turn_id === turnId);
      if (last < 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ before: written + last + 1, resolve });
      flush();
      await promise;
    },
    close: async () => {
      closing = true;
      flush();
      await Promise.race([running, delay(CLOSE_MS, undefined, { ref: false })]);
      await journal.close(queue.length > 0);
    },
  };
}

const costEvent = (turn: TurnRow): LiveEvent => ({
  type: 'turn.cost',
  projectId: turn.project_id,
  turnId: turn.id,
  costUsd: formatUsd(usd(turn.charged_cost_usd)),
  inputTokens: Number(turn.input_tokens) + Number(turn.cache_read_tokens) + Number(turn.cache_write_tokens),
  outputTokens: Number(turn.output_tokens),
});
