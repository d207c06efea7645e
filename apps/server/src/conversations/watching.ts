/** The environments that somebody looks at: their workers are kept warm, so that Mara answers at once. */
export interface Watching {
  /** Somebody opened a project of the environment; the answer is called when they leave. */
  begin(environmentId: string): () => void;
  has(environmentId: string): boolean;
}

export function createWatching(onFirst: (environmentId: string) => void): Watching {
  const counts = new Map<string, number>();
  return {
    begin(environmentId) {
      const count = counts.get(environmentId) ?? 0;
      counts.set(environmentId, count + 1);
      if (count === 0) onFirst(environmentId);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const now = (counts.get(environmentId) ?? 1) - 1;
        if (now > 0) counts.set(environmentId, now);
        else counts.delete(environmentId);
      };
    },
    has: (environmentId) => counts.has(environmentId),
  };
}
