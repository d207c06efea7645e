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
  let calls: { at: number; ms: number | null }[] = [];
  let lastFailure: UpstreamHealth['lastFailure'] = null;
  const add = (ms: number | null) => {
    calls.push({ at: now(), ms });
    if (calls.length > 2 * MOST_KEPT) calls = calls.slice(-MOST_KEPT);
  };
  return {
    succeeded: (ms) => add(ms),
    failed: (status, reason) => {
      add(null);
      lastFailure = { at: new Date(now()).toISOString(), status, reason };
    },
    view: () => {
      const recent = calls.filter((one) => one.at > now() - WINDOW_MS);
      const times = recent.flatMap((one) => one.ms ?? []).sort((a, b) => a - b);
      const quantile = (share: number) => {
        const ms = times[Math.min(times.length - 1, Math.floor(times.length * share))];
        return ms === undefined ? null : Math.round(ms);
      };
      const failures = recent.filter((one) => one.ms === null).length;
      return { calls: recent.length, failures, p50Ms: quantile(0.5), p95Ms: quantile(0.95), lastFailure };
    },
  };
}
