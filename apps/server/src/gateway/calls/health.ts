import type { UpstreamHealth } from '@talkide/contracts';

/** How the upstream has answered lately, as this process saw it. */
export interface Health {
  succeeded(ms: number): void;
  /** `status` null: it gave no answer. */
  failed(status: number | null, reason: string): void;
  view(): Pick<UpstreamHealth, 'calls' | 'failures' | 'p50Ms' | 'p95Ms' | 'lastFailure'>;
}

const WINDOW_MS = 5 * 60_000;
const MOST_KEPT = 5_000;

export function createHealth(now: () => number = Date.now): Health {
  // The last calls, in a ring of plain numbers: nothing for the garbage collector to follow.
  const ended = new Float64Array(MOST_KEPT);
  const took = new Float64Array(MOST_KEPT);
  let next = 0;
  let lastFailure: UpstreamHealth['lastFailure'] = null;
  /** `ms` NaN: it failed. */
  const add = (ms: number) => {
    ended[next] = now();
    took[next] = ms;
    next = (next + 1) % MOST_KEPT;
  };
  return {
    succeeded: add,
    failed: (status, reason) => {
      add(Number.NaN);
      lastFailure = { at: new Date(now()).toISOString(), status, reason };
    },
    view: () => {
      const since = now() - WINDOW_MS;
      const recent = took.filter((_, at) => (ended[at] ?? 0) > since);
      const times = recent.filter((ms) => !Number.isNaN(ms)).sort();
      const quantile = (share: number) => {
        const ms = times[Math.min(times.length - 1, Math.floor(times.length * share))];
        return ms === undefined ? null : Math.round(ms);
      };
      const failures = recent.length - times.length;
      return { calls: recent.length, failures, p50Ms: quantile(0.5), p95Ms: quantile(0.95), lastFailure };
    },
  };
}
