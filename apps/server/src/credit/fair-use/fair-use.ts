import type { Clock } from '../../platform/clock.ts';
import type { FairUseCounter } from './counter.ts';

/** Bounds the calls of a user on a day (UTC), whatever they cost. */
export interface FairUse {
  /** Whether one more call may be made: at once while some of the day are taken already, else after asking the counter. */
  admit(userId: string): boolean | Promise<boolean>;
  /** Gives back what was taken and not used. */
  close(): Promise<void>;
}

/** Calls taken out of a day at once, so that most calls need not ask; a small part of a day at most. */
const BLOCK = 50;
/** Somebody who uses a block up within this time gets twice as many the next time. */
const SOON_MS = 1_000;
const MOST_AT_ONCE = 3_200;
const PARTS_OF_DAY = 20;
const MOST_KNOWN = 10_000;

interface Block {
  day: string;
  left: number;
  size: number;
  takenAt: number;
}

/** `perDay` null: there is no bound. */
export function createFairUse(counter: FairUseCounter, perDay: number | null, clock: Clock): FairUse {
  const blocks = new Map<string, Block>();
  const asking = new Map<string, Promise<unknown>>();
  const most = perDay === null ? 0 : Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(perDay / PARTS_OF_DAY)));
  const sizeOf = (last: Block | undefined) => {
    if (!last) return Math.min(BLOCK, most);
    const soon = clock.now().getTime() - last.takenAt < SOON_MS;
    return Math.min(soon ? last.size * 2 : last.size, most);
  };
  const today = () => clock.now().toISOString().slice(0, 10);

  const fromBlock = (userId: string, day: string): boolean => {
    const block = blocks.get(userId);
    if (block?.day !== day || block.left === 0) return false;
    block.left -= 1;
    return true;
  };

  /** One asks for all that wait: each would take a block of its own otherwise. */
  async function ask(userId: string, day: string, limit: number): Promise<boolean> {
    for (;;) {
      const others = asking.get(userId);
      if (others) {
        await others;
        if (fromBlock(userId, day)) return true;
        continue;
      }
      const size = sizeOf(blocks.get(userId));
      const mine = counter.take(userId, day, size, limit).finally(() => asking.delete(userId));
      asking.set(
        userId,
        mine.catch(() => {}),
      );
      const taken = await mine;
      if (taken === 0) return false;
      if (blocks.size >= MOST_KNOWN) await returnAll();
      blocks.set(userId, { day, left: taken, size, takenAt: clock.now().getTime() });
      if (fromBlock(userId, day)) return true;
    }
  }

  async function returnAll(): Promise<void> {
    const given = [...blocks];
    blocks.clear();
    await Promise.all(
      given.filter(([, { left }]) => left > 0).map(([userId, { day, left }]) => counter.giveBack(userId, day, left)),
    );
  }

  return {
    admit: (userId) => {
      if (perDay === null) return true;
      const day = today();
      return fromBlock(userId, day) || ask(userId, day, perDay);
    },
    close: async () => {
      await returnAll();
      await counter.close();
    },
  };
}
