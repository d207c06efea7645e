/** Lets work through in the order it came: one at a time of a key, and a few at a time of all. */
export interface Turnstile {
  /** Rejects with the signal's reason when it fires before the work began. */
  pass<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createTurnstile(parallel: number): Turnstile {
  const inside = new Set<string>();
  let waiting: { key: string; enter: () => void }[] = [];

  function advance(): void {
    for (const one of [...waiting]) {
      if (inside.size >= parallel) return;
      if (inside.has(one.key)) continue;
      inside.add(one.key);
      waiting = waiting.filter((other) => other !== one);
      one.enter();
    }
  }

  function enter(key: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      waiting = waiting.filter((other) => other !== one);
      reject(signal.reason);
    };
    const one = {
      key,
      enter: () => {
        signal.removeEventListener('abort', leave);
        resolve();
      },
    };
    waiting.push(one);
    signal.addEventListener('abort', leave, { once: true });
    advance();
    return promise;
  }

  return {
    async pass(key, signal, work) {
      signal.throwIfAborted();
      await enter(key, signal);
      try {
        return await work();
      } finally {
        inside.delete(key);
        advance();
      }
    },
  };
}
