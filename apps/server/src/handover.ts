import type { SendHandle } from 'node:child_process';

/**
 * What the platform and its starter (scripts/keeper.mjs) tell each other. A successor is started beside the platform and
 * says `loaded`; the platform is told to `hand-over`, gives its listening socket and ends; the successor is told to `go`.
 */

export const isSuccessor = process.argv.includes('--successor');

/** Waits until the predecessor has ended; resolves to the listening socket it handed over. */
export function takeTurn(): Promise<unknown> {
  return new Promise((resolve) => {
    process.on('message', (message, handle) => message === 'go' && resolve(handle));
    process.send?.('loaded');
  });
}

/** Gives the listening socket to the starter, which keeps it open. */
export function giveListening(handle: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = (error: Error | null) => (error ? reject(error) : resolve());
    process.send?.('listening', handle as SendHandle, {}, sent);
  });
}

export interface HandoverEvents {
  /** A successor is ready: this process is to leave. */
  handOver(): void;
  /** The successor came to nothing. */
  stay(): void;
  /** Asked to hand over, but nobody can start a successor. */
  alone(): void;
}

/** Lets a handover be asked for by SIGUSR2. */
export function onHandover(events: HandoverEvents): void {
  process.on('SIGUSR2', () => (process.send ? process.send('release') : events.alone()));
  process.on('message', (message) => {
    if (message === 'hand-over') events.handOver();
    if (message === 'stay') events.stay();
  });
}
