import type { Look, LookStep, TurnAssignment } from '@talkide/contracts';
import type { ControlClient } from './control-client.ts';

/** Through which the team of a session looks at its application: open while a turn runs. */
export type LookSeat = {
  look(steps: LookStep[]): Promise<Look>;
  open(turn: Pick<TurnAssignment, 'turnId' | 'leaseToken'>): void;
  /** Calls off what is under way. */
  close(): void;
};

/** A seat for one agent process, whose turns come and go. */
export function createLookSeat(client: Pick<ControlClient, 'look'>): LookSeat {
  let running: { turnId: string; leaseToken: string; ended: AbortController } | null = null;
  return {
    async look(steps) {
      if (!running) throw new Error('No turn is running.');
      const { turnId, leaseToken, ended } = running;
      return client.look(turnId, { leaseToken, steps }, ended.signal);
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
