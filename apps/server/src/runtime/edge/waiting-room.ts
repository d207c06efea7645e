import { PageInstead } from './target.ts';

/** Bounds how long, and how many at once, requests wait for an app to start. */
export class WaitingRoom {
  private readonly waiting = new Map<string, number>();
  private readonly maxWaitMs: number;
  private readonly maxPerHost: number;

  constructor(maxWaitMs: number, maxPerHost: number) {
    this.maxWaitMs = maxWaitMs;
    this.maxPerHost = maxPerHost;
  }

  /** The result of `start`. Throws `PageInstead` when it takes too long or too many wait already. */
  async wait<T>(host: string, start: () => Promise<T>): Promise<T> {
    const before = this.waiting.get(host) ?? 0;
    if (before >= this.maxPerHost) throw new PageInstead('tooSlow');
    this.waiting.set(host, before + 1);
    const { promise: tooLong, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new PageInstead('tooSlow')), this.maxWaitMs);
    try {
      return await Promise.race([start(), tooLong]);
    } finally {
      clearTimeout(timer);
      const left = (this.waiting.get(host) ?? 1) - 1;
      if (left > 0) this.waiting.set(host, left);
      else this.waiting.delete(host);
    }
  }
}
