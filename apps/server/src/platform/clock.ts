/** The time, injected where a test wants to set it. */
export interface Clock {
  now(): Date;
}

/** Milliseconds from some time on, which grow evenly whoever sets the clock: for everything that lasts. */
export type Monotonic = () => number;

export const monotonicMs: Monotonic = () => performance.now();

export const systemClock: Clock = { now: () => new Date() };
