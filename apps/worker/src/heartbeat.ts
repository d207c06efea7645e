import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from './control-client.ts';

/** A server that answers at once is not asked more often than this. */
const MIN_INTERVAL_MS = 1_000;

/** Keeps a lease alive until `signal` fires. A stop is reported at once, a lost lease or control plane by `onFailed`. */
export async function keepLease(options: {
  client: ControlClient;
  turnId: string;
  leaseToken: string;
  signal: AbortSignal;
  onStop(): void;
  onFailed(error: unknown): void;
}): Promise<void> {
  const { client, turnId, leaseToken, signal, onStop, onFailed } = options;
  while (!signal.aborted) {
    const asked = performance.now();
    try {
      const answer = await client.heartbeat(turnId, leaseToken, signal);
      if (answer.stop) onStop();
      const early = MIN_INTERVAL_MS - (performance.now() - asked);
      if (early > 0) await delay(early, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) onFailed(error);
      return;
    }
  }
}
