/** Work that goes on after an answer; closing waits for it. */
export interface Background {
  run(work: () => Promise<void>): void;
  every(intervalMs: number, work: () => Promise<void>): void;
  close(): Promise<void>;
}

export function createBackground(log: { error(facts: object, message: string): void }): Background {
  const running = new Set<Promise<void>>();
  const timers: NodeJS.Timeout[] = [];
  const run = (work: () => Promise<void>) => {
    const task = work()
      .catch((error: unknown) => log.error({ err: error }, 'background work of identity failed'))
      .finally(() => running.delete(task));
    running.add(task);
  };
  return {
    run,
    every: (intervalMs, work) => void timers.push(setInterval(() => run(work), intervalMs).unref()),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
