import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Database, TurnRow, Tx } from '../platform/db/index.ts';
import { type ChargedCall, charge, waive } from './charge.ts';
import { createWallets, type Need, type Reserved, type SpendingTurn } from './holds/wallets.ts';

export interface CreditDeps {
  db: Database;
  clock: Clock;
  onError(error: unknown): void;
}

/** What people may spend on model calls, and what they have spent. */
export interface Credit {
  /** Sets aside what a call may cost: at once where there is enough set aside for its turn. */
  reserve(turn: SpendingTurn, need: Need): Reserved | Promise<Reserved>;
  /** The call has ended, and its cost is in the database. */
  settle(turnId: string, reserved: bigint, cost: bigint): void;
  /** Takes the cost of calls from the credit, in the transaction that records them. */
  charge(tx: Tx, calls: readonly ChargedCall[]): Promise<void>;
  /** The turn makes no more calls: what is set aside for it goes back. */
  release(turnId: string): Promise<void>;
  /** Gives back what a failed turn cost, in a transaction of the system scope; true when that was anything. */
  waive(tx: Tx, turn: TurnRow): Promise<boolean>;
  close(): Promise<void>;
}

export async function createCredit({ db, onError }: CreditDeps): Promise<Credit> {
  const holder = randomUUID();
  const wallets = await createWallets({ db, holder, onError });
  return {
    reserve: wallets.reserve,
    settle: wallets.settle,
    charge: async (tx, calls) => void (await charge(tx, holder, calls)),
    release: wallets.release,
    waive,
    close: wallets.close,
  };
}

export { addEntry } from './entries.ts';
export { createTopUps, type TopUpsModule } from './payments.ts';
export { askForReplay, readBooks, type Selection, stillWaiting } from './webhooks/replay.ts';
