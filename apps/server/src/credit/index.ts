import { randomUUID } from 'node:crypto';
import type { Credit as CreditView } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Database, TurnRow, Tx } from '../platform/db/index.ts';
import { createAlerts } from './budget/alerts.ts';
import { budgetRoutes } from './budget/routes.ts';
import { type ChargedCall, charge, waive } from './charge.ts';
import { createFairUse } from './fair-use/fair-use.ts';
import { createPostgresCounter } from './fair-use/postgres-counter.ts';
import { createRedisCounter } from './fair-use/redis-counter.ts';
import { dropAllHolds } from './holds/store.ts';
import { createWallets, type Need, type Reserved, type SpendingTurn } from './holds/wallets.ts';

export interface CreditDeps {
  db: Database;
  clock: Clock;
  publicUrl: string;
  /** Calls that a user may make on a day; null for any number. */
  fairUsePerDay: number | null;
  /** Where they are counted; PostgreSQL when absent. */
  redisUrl?: string | undefined;
  payments: CreditView['payments'];
  /** No other process uses the database. */
  alone: boolean;
  onError(error: unknown): void;
}

/** What people may spend on model calls, and what they have spent. */
export interface Credit {
  /** Sets aside what a call may cost: at once where there is enough set aside for its turn. */
  reserve(turn: SpendingTurn, need: Need): Reserved | Promise<Reserved>;
  /** A turn begins: sets aside what its first calls will need, as far as that is known from the person's last ones. */
  prepare(turn: SpendingTurn): void;
  /** The call has ended, and its cost is in the database. */
  settle(turnId: string, reserved: bigint, cost: bigint): void;
  /** Takes the cost of calls from the credit, in the transaction that records them. */
  charge(tx: Tx, calls: readonly ChargedCall[]): Promise<void>;
  /** The turn makes no more calls: what is set aside for it goes back. */
  release(turnId: string): Promise<void>;
  /** Gives back what a failed turn cost, in a transaction of the system scope; true when that was anything. */
  waive(tx: Tx, turn: TurnRow): Promise<boolean>;
  routes(app: FastifyInstance): void;
  close(): Promise<void>;
}

export async function createCredit(deps: CreditDeps): Promise<Credit> {
  const { db, onError } = deps;
  const holder = randomUUID();
  const counter = deps.redisUrl ? await createRedisCounter(deps.redisUrl, onError) : createPostgresCounter(db);
  const fairUse = createFairUse(counter, deps.fairUsePerDay, deps.clock);
  if (deps.alone) await db.system(dropAllHolds);
  const wallets = await createWallets({ db, holder, onError });
  const alerts = createAlerts(deps.publicUrl);

  const told = async (answer: Promise<Reserved>, turn: SpendingTurn): Promise<Reserved> => {
    const reserved = await answer;
    if ('halted' in reserved) await db.system((tx) => alerts.refused(tx, turn.userId, reserved.halted)).catch(onError);
    return reserved;
  };
  const reserve = (turn: SpendingTurn, need: Need): Reserved | Promise<Reserved> => {
    const answer = wallets.reserve(turn, need);
    return answer instanceof Promise ? told(answer, turn) : answer;
  };
  const afterAdmission = async (admission: Promise<boolean>, turn: SpendingTurn, need: Need): Promise<Reserved> =>
    (await admission) ? reserve(turn, need) : { halted: 'FAIR_USE' };
  return {
    reserve: (turn, need) => {
      const admission = fairUse.admit(turn.userId);
      if (admission === true) return reserve(turn, need);
      return admission === false ? { halted: 'FAIR_USE' } : afterAdmission(admission, turn, need);
    },
    prepare: wallets.prepare,
    settle: wallets.settle,
    charge: async (tx, calls) => alerts.check(tx, await charge(tx, holder, calls)),
    release: wallets.release,
    waive,
    routes: (app) => budgetRoutes(app, db, deps.payments),
    close: async () => {
      await wallets.close();
      await fairUse.close();
    },
  };
}

export { addEntry } from './entries.ts';
export { verifyLedger } from './ledger/ledger.ts';
export { createTopUps, type TopUpsModule } from './top-ups.ts';
export { askForReplay, readBooks, type Selection, stillWaiting } from './webhooks/replay.ts';
