import { join } from 'node:path';
import { ClaimTaken } from '../claim.ts';
import type { Conversations } from '../conversations/index.ts';
import type { Gateway } from '../gateway/index.ts';
import { seatId } from '../home.ts';
import type { Hosting } from '../hosting/index.ts';
import { monotonicMs } from '../platform/clock.ts';
import { endMachineLeftovers, removeSocketRoot } from '../runtime/index.ts';
import { clearSeat, seatFolder, seatHolder, seatsOf, takeSeat } from '../seats.ts';
import { type Ground, JOURNAL, SANDBOXES, SHARED_MEMORY } from './ground.ts';

const LOOK_EVERY_MS = 2_000;
/** A platform that was killed is started again by whoever keeps it, and then finds its workers at work. */
const PATIENCE_MS = 15_000;

/**
 * Looks after the others that share the home: what one that died had under way is taken up here, once it is clear that it
 * does not come back.
 */
export function watchSeats(
  ground: Pick<Ground, 'home' | 'seat' | 'log' | 'onError'>,
  work: {
    gateway: Pick<Gateway, 'takeUp'>;
    conversations: Pick<Conversations, 'takeUp'>;
    hosting: Pick<Hosting, 'takeUp'>;
  },
): { close(): Promise<void> } {
  const { home, seat: own, log, onError } = ground;
  const deadSince = new Map<number, number>();
  /** Seats of the dead that are ours until what was under way there is taken up. */
  const taken = new Map<number, () => void>();
  let looking = Promise.resolve();

  async function takeUp(seat: number): Promise<void> {
    const folder = (name: string) => join(seatFolder(home, seat), name);
    const release = taken.get(seat) ?? take(seat);
    if (!release) return;
    // Its workers first: nobody else may work on their trees before they are gone.
    const homeId = seatId(home, seat);
    await endMachineLeftovers({ homeId, stateDir: folder(SANDBOXES) });
    removeSocketRoot(homeId, SHARED_MEMORY);
    await work.gateway.takeUp(folder(JOURNAL));
    await work.conversations.takeUp(seat);
    await work.hosting.takeUp(seat);
    // From now on it may be another's.
    taken.delete(seat);
    await clearSeat(home, seat, release);
  }

  function take(seat: number): (() => void) | null {
    try {
      const release = takeSeat(home, seat, own.shares);
      taken.set(seat, release);
      log.warn({ seat }, 'Another platform on this home is gone: what it left is taken up here');
      return release;
    } catch (error) {
      // Somebody else was first.
      if (error instanceof ClaimTaken) return null;
      throw error;
    }
  }

  async function look(): Promise<void> {
    for (const seat of seatsOf(home)) await lookAt(seat).catch(onError);
  }

  async function lookAt(seat: number): Promise<void> {
    if (taken.has(seat)) await takeUp(seat);
    else if (seatHolder(home, seat) !== null) deadSince.delete(seat);
    else if (!deadSince.has(seat)) deadSince.set(seat, monotonicMs());
    else if (monotonicMs() - (deadSince.get(seat) ?? 0) > PATIENCE_MS) {
      deadSince.delete(seat);
      await takeUp(seat);
    }
  }

  const timer = setInterval(() => {
    looking = looking.then(look).catch(onError);
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
      return looking;
    },
  };
}
