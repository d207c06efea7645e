import type { Counters } from './counters.ts';
import type { AppRef } from './store.ts';

/** A running application, as far as it is measured. */
export interface Measured {
  stats(): Promise<{ memoryBytes: number; cpuMs: number } | null>;
}

const LOOK_MS = 30_000;

/** What processes use and how they wake, from the supervisor's word, by the id of the process. */
export function createProcessWatch(counters: Counters, processOf: (id: string) => Measured | null) {
  const apps = new Map<string, AppRef>();
  const states = new Map<string, string>();
  const seen = new WeakMap<Measured, number>();

  async function look(): Promise<void> {
    for (const [id, app] of apps) {
      const process = processOf(id);
      const usage = await process?.stats().catch(() => null);
      if (!process || !usage) continue;
      const cpuMs = Math.max(0, usage.cpuMs - (seen.get(process) ?? 0));
      seen.set(process, usage.cpuMs);
      counters.used(app, { cpuMs, memoryBytes: usage.memoryBytes });
    }
  }
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();

  return {
    /** Whose a process is; told before its first request. */
    know: (id: string, app: AppRef) => void apps.set(id, app),
    changed(id: string, state: string) {
      const before = states.get(id) ?? 'asleep';
      states.set(id, state);
      const app = apps.get(id);
      if (app && state === 'starting') counters.woke(app, 'coldWakes');
      if (app && state === 'running' && before === 'frozen') counters.woke(app, 'thaws');
      if (state === 'asleep') states.delete(id);
    },
    look,
    close: () => clearInterval(timer),
  };
}
