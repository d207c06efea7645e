import { setTimeout as delay } from 'node:timers/promises';
import type { LiveEvent } from '@talkide/contracts';
import { brokenRule, type Database, type TurnRow, type Tx } from '../../platform/db/index.ts';
import { notifyLive } from '../../platform/events.ts';
import { formatUsd, usd } from '../../platform/money.ts';
import type { Log } from '../ports.ts';
import type { CallRecord } from './call-record.ts';
import type { Journal } from './journal.ts';
import { addToTurns, insertCalls } from './store.ts';

export interface RecorderOptions {
  db: Database;
  log: Log;
  journal: Journal;
  /** Takes the cost of calls from the credit, in the transaction that records them. */
  charge(tx: Tx, records: readonly CallRecord[]): Promise<void>;
  /** Told in that transaction about the turns whose cost has changed. */
  costChanged(tx: Tx, turn: TurnRow): Promise<void>;
}

/** Brings the records of ended calls into the database, many at a time. */
export interface Recorder {
  /** Written to the journal at once; resolves when it is in the database. */
  add(record: CallRecord): Promise<void>;
  /** Resolves when every call of the turn that has been added is in the database. */
  settled(turnId: string): Promise<void>;
  /** Writes what waits; what cannot be written now stays in the journal for the next process. */
  close(): Promise<void>;
}

const BATCH = 500;
const RETRY_MS = [50, 250, 1_000, 2_000];
const CLOSE_MS = 5_000;

interface Waiting {
  record: CallRecord;
  done(): void;
  written: Promise<void>;
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { db, log, journal } = options;
  const queue: Waiting[] = [];
  let running: Promise<void> | null = null;
  let closing = false;

  const write = (records: readonly CallRecord[]) =>
    db.system(async (tx) => {
      const isNew = await insertCalls(tx, records);
      // One whose commit was not heard of is there already, and has been charged.
      const fresh = records.filter((one) => isNew.has(one.call_id));
      if (fresh.length === 0) return;
      const turns = await addToTurns(tx, fresh);
      await options.charge(tx, fresh);
      for (const turn of turns) {
        await options.costChanged(tx, turn);
        await notifyLive(tx, db, turn.tenant_id, costEvent(turn));
      }
    });

  /** Tries until it is written; a record that breaks a rule of the database is taken out, so that it stops no other. */
  async function insist(records: readonly CallRecord[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await write(records);
      } catch (error) {
        if (brokenRule(error) && records.length > 1) {
          for (const one of records) await insist([one]);
          return;
        }
        if (brokenRule(error)) {
          // The log is the last resort: everything that the row would have held.
          log.error({ err: error, record: records[0] }, 'Usage not recorded');
          return;
        }
        if (closing) throw error;
        log.warn({ err: error, records: records.length }, 'Usage cannot be recorded now');
        await delay(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
      }
    }
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH);
      await insist(batch.map((one) => one.record));
      queue.splice(0, batch.length);
      for (const one of batch) one.done();
    }
    journal.clear();
  }

  return {
    add: (record) => {
      try {
        journal.ended(record);
      } catch (error) {
        log.error({ err: error, record }, 'The journal of calls cannot be written');
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      queue.push({ record, done: resolve, written: promise });
      running ??= drain()
        .catch((error: unknown) => log.error({ err: error, calls: queue.length }, 'Usage waits in the journal'))
        .finally(() => {
          running = null;
        });
      return promise;
    },
    settled: async (turnId) => {
      await Promise.all(queue.filter((one) => one.record.turn_id === turnId).map((one) => one.written));
    },
    close: async () => {
      closing = true;
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
