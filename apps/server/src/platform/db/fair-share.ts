/** Runs work for a key; see `createFairShare`. */
export type FairShare = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Lets at most `limit` pieces of work of one key run at the same time; the others wait in the order they came. */
export function createFairShare(limit: number): FairShare {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();
  return async (key, work) => {
    const line = lines.get(key) ?? { running: 0, waiting: [] };
    lines.set(key, line);
    if (line.running < limit) line.running += 1;
    else await new Promise<void>((turn) => line.waiting.push(turn));
    try {
      return await work();
    } finally {
      // The place goes to who waits longest, so nobody who comes now can take it before.
      const next = line.waiting.shift();
      if (next) next();
      else line.running -= 1;
      if (line.running === 0) lines.delete(key);
    }
  };
}
