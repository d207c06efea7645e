import { EventEmitter, once } from 'node:events';
import type { Database } from '../../platform/db/index.ts';
import type { HaltReason } from '../halt-reason.ts';
import { allowanceOf } from './allowance.ts';
import {
  addHold,
  dropHold,
  HOLD_SECONDS,
  HOLDERS_CHANNEL,
  lockBounds,
  notifyHolders,
  renewHolds,
  type SpendingTurn,
  shrinkHold,
} from './store.ts';

export type { SpendingTurn } from './store.ts';

/** What a call may cost, in units (1e-10 US dollars). */
export interface Need {
  /** At most. */
  most: bigint;
  /** Below this it does not begin, even when nothing else is under way: an ordinary call of its size costs as much. */
  least: bigint;
}

export type Reserved = { reserved: bigint } | { halted: HaltReason };

/** Credit that this process has set aside for the calls of a turn. */
interface Wallet {
  turn: SpendingTurn;
  /** Set aside, and not reserved for a call. Negative after a call that cost more than its reservation. */
  free: bigint;
  /** Calls under way. */
  calls: number;
  /** As much as so many calls is set aside at once; more each time that was not enough. */
  ahead: bigint;
  /** Reservations that wait come one after another. */
  queue: Promise<unknown> | null;
  closed: boolean;
}

export interface WalletsOptions {
  db: Database;
  /** Names this process in the holds. */
  holder: string;
  onError(error: unknown): void;
  /** How long a call waits for credit that other calls hold. */
  waitMs?: number;
  renewMs?: number;
}

/** Sets credit aside before calls and takes it back after them, so that parallel calls cannot overspend. */
export interface Wallets {
  /** Reserves what a call may cost: at once where there is enough set aside, else after asking the database. */
  reserve(turn: SpendingTurn, need: Need): Reserved | Promise<Reserved>;
  /** A turn begins: sets aside what its calls will need, if they are like the last ones of its user. */
  prepare(turn: SpendingTurn): void;
  /** A call has ended and cost this much; it is charged when it is recorded. */
  settle(turnId: string, reserved: bigint, cost: bigint): void;
  /** The turn makes no more calls: what is set aside and not needed goes back. */
  release(turnId: string): Promise<void>;
  close(): Promise<void>;
}

/** Calls that credit is set aside for at once, so that most calls need not ask the database. */
const FEWEST_AHEAD = 4n;
const MOST_AHEAD = 1024n;
/** At most this part of what is left: other turns have calls too. */
const SHARE_OF_REST = 4n;
const MOST_NEEDS = 10_000;
const LOOK_AGAIN_MS = 250;
const DEFAULT_WAIT_MS = 120_000;

export async function createWallets({
  db,
  holder,
  onError,
  waitMs = DEFAULT_WAIT_MS,
  renewMs = (HOLD_SECONDS * 1000) / 3,
}: WalletsOptions): Promise<Wallets> {
  const wallets = new Map<string, Wallet>();
  /** What calls of users needed last. */
  const lastNeeds = new Map<string, Need>();
  /** Fires with the id of a user some of whose credit came back. */
  const returned = new EventEmitter().setMaxListeners(0);

  const walletOf = (turn: SpendingTurn): Wallet => {
    let wallet = wallets.get(turn.id);
    if (!wallet) {
      wallet = { turn, free: 0n, calls: 0, ahead: FEWEST_AHEAD, queue: null, closed: false };
      wallets.set(turn.id, wallet);
    }
    // The turn was tried to be ended, and somebody else has it now.
    wallet.closed = false;
    return wallet;
  };
  const take = (wallet: Wallet, reserved: bigint): Reserved => {
    wallet.free -= reserved;
    wallet.calls += 1;
    return { reserved };
  };

  /** Takes what the turns of a user hold and do not need back from this process's wallets; true when that was anything. */
  async function giveBack(userId: string): Promise<boolean> {
    const idle = [...wallets.values()].filter((one) => one.turn.userId === userId && one.free > 0n);
    if (idle.length === 0) return false;
    await db.system(async (tx) => {
      for (const wallet of idle) {
        const units = wallet.free;
        wallet.free = 0n;
        if (units > 0n) await shrinkHold(tx, wallet.turn.id, holder, units);
      }
    });
    returned.emit(userId);
    return true;
  }

  /** Sets aside as much as a call needs, and some more where there is plenty. */
  const ask = (wallet: Wallet, need: Need) =>
    db.system(async (tx) => {
      const allowance = allowanceOf(await lockBounds(tx, wallet.turn));
      const missing = need.most - wallet.free;
      // A call ended while this one asked.
      if (missing <= 0n) return { granted: 0n };
      if (allowance.left < missing) return allowance;
      const ahead = need.most * wallet.ahead;
      const units = allowance.left / SHARE_OF_REST < ahead ? missing : ahead;
      if (wallet.ahead < MOST_AHEAD) wallet.ahead *= 2n;
      await addHold(tx, wallet.turn, holder, units);
      return { granted: units };
    });

  /** The last bit of credit is for one call at a time. */
  const askForRest = (wallet: Wallet, need: Need) =>
    db.system(async (tx) => {
      const allowance = allowanceOf(await lockBounds(tx, wallet.turn));
      if (allowance.held > 0n || allowance.left < need.least) return null;
      await addHold(tx, wallet.turn, holder, allowance.left);
      return allowance.left;
    });

  async function fill(wallet: Wallet, need: Need): Promise<Reserved> {
    const { userId } = wallet.turn;
    if (lastNeeds.size >= MOST_NEEDS) lastNeeds.clear();
    lastNeeds.set(userId, need);
    const signal = AbortSignal.timeout(waitMs);
    for (let othersAsked = false; ; ) {
      if (wallet.free >= need.most) return take(wallet, need.most);
      const change = once(returned, userId, { signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_AGAIN_MS)]) });
      change.catch(() => {});
      const answer = await ask(wallet, need);
      if ('granted' in answer) {
        wallet.free += answer.granted;
        continue;
      }
      if (await giveBack(userId)) continue;
      // Each time that others hold some: their calls leave something over when they end.
      if (answer.held > 0n || !othersAsked) await db.system((tx) => notifyHolders(tx, userId));
      if (!othersAsked) {
        othersAsked = true;
        continue;
      }
      if (answer.held === 0n) {
        const rest = await askForRest(wallet, need);
        if (rest !== null) {
          wallet.free += rest;
          return take(wallet, wallet.free);
        }
        if (answer.left < need.least) return { halted: answer.reason };
      }
      if (signal.aborted || wallet.closed) return { halted: answer.reason };
      await change.catch(() => {});
    }
  }

  const unlisten = await db.listen(HOLDERS_CHANNEL, (userId) => void giveBack(userId).catch(onError));
  async function drop(wallet: Wallet): Promise<void> {
    wallets.delete(wallet.turn.id);
    await db.system((tx) => dropHold(tx, wallet.turn.id, holder));
    returned.emit(wallet.turn.userId);
  }

  async function renew(): Promise<void> {
    if (wallets.size === 0) return;
    const alive = await db.system((tx) => renewHolds(tx, holder));
    for (const wallet of wallets.values()) {
      if (alive.has(wallet.turn.id)) continue;
      if (wallet.free > 0n) wallet.free = 0n;
      if (wallet.calls === 0 && !wallet.queue) await drop(wallet);
    }
  }
  const renewal = setInterval(() => void renew().catch(onError), renewMs);
  renewal.unref();
  // They may have run out meanwhile, and what they held be somebody else's.
  db.afterReturn(renew);

  /** After whatever waits for this wallet already. */
  function inTurn<T>(wallet: Wallet, work: () => Promise<T>): Promise<T> {
    const mine = (wallet.queue ?? Promise.resolve()).then(work);
    const queue = mine
      .catch(() => {})
      .then(() => {
        if (wallet.queue === queue) wallet.queue = null;
      });
    wallet.queue = queue;
    return mine;
  }

  return {
    reserve: (turn, need) => {
      const wallet = walletOf(turn);
      if (!wallet.queue && wallet.free >= need.most) return take(wallet, need.most);
      return inTurn(wallet, () => fill(wallet, need));
    },
    prepare: (turn) => {
      const need = lastNeeds.get(turn.userId);
      if (!need) return;
      const wallet = walletOf(turn);
      inTurn(wallet, async () => {
        const answer = await ask(wallet, need);
        if ('granted' in answer) wallet.free += answer.granted;
      }).catch(onError);
    },
    settle: (turnId, reserved, cost) => {
      const wallet = wallets.get(turnId);
      if (!wallet) return;
      wallet.free += reserved - cost;
      wallet.calls -= 1;
      returned.emit(wallet.turn.userId);
      if (wallet.closed && wallet.calls === 0) drop(wallet).catch(onError);
    },
    release: async (turnId) => {
      const wallet = wallets.get(turnId);
      if (!wallet) return;
      wallet.closed = true;
      // Calls that wait for credit give up.
      returned.emit(wallet.turn.userId);
      await wallet.queue;
      if (wallet.calls === 0) return drop(wallet);
      const units = wallet.free;
      wallet.free = 0n;
      if (units > 0n) await db.system((tx) => shrinkHold(tx, turnId, holder, units));
    },
    close: async () => {
      clearInterval(renewal);
      await unlisten();
      await Promise.allSettled([...wallets.values()].map(drop));
    },
  };
}
