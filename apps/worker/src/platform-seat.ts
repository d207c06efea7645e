import type { Look, LookStep, PackagesAnswer, TurnAssignment } from '@talkide/contracts';
import type { ControlClient } from './control-client.ts';
import { changePackages, type PackagesQuestion, type PackagesWanted } from './packages.ts';

/** What the platform does for the team of a session. */
export type PlatformTools = {
  look(steps: LookStep[]): Promise<Look>;
  /** Changes the packages of the working tree. */
  packages(wanted: PackagesWanted): Promise<PackagesAnswer>;
};

/** Through which the team asks: open while a turn runs. */
export type PlatformSeat = PlatformTools & {
  open(turn: Pick<TurnAssignment, 'turnId' | 'leaseToken'>): void;
  /** Calls off what is under way. */
  close(): void;
};

/** A seat for one agent process, whose turns come and go. `cwd` is its working tree. */
export function createPlatformSeat(client: Pick<ControlClient, 'look' | 'packages'>, cwd: string): PlatformSeat {
  let running: { turnId: string; leaseToken: string; ended: AbortController } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const turn = () => {
    if (!running) throw new Error('No turn is running.');
    return running;
  };
  return {
    async look(steps) {
      const { turnId, leaseToken, ended } = turn();
      return client.look(turnId, { leaseToken, steps }, ended.signal);
    },
    async packages(wanted) {
      const { turnId, leaseToken, ended } = turn();
      const ask = (request: PackagesQuestion) => client.packages(turnId, { leaseToken, ...request }, ended.signal);
      // One after the other: each begins from the files that the one before left.
      const work = last.then(() => changePackages(cwd, wanted, ask));
      last = work.catch(() => {});
      return work;
    },
    open({ turnId, leaseToken }) {
      running = { turnId, leaseToken, ended: new AbortController() };
    },
    close() {
      running?.ended.abort();
      running = null;
    },
  };
}
