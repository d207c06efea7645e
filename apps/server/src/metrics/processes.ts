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

  async function lookAt(id: string, app: AppRef): Promise<void> {
    const process = processOf(id);
    const usage = await process?.stats().catch(() => null);
    if (!process || !usage) return;
    // Two looks at once may end in any order.
    const before = seen.get(process) ?? 0;
    seen.set(process, Math.max(before, usage.cpuMs));
    counters.used(app, { cpuMs: Math.max(0, usage.cpuMs - before), memoryBytes: usage.memoryBytes });
  }
  async function look(): Promise<void> {
    for (const [id, app] of apps) await lookAt(id, app);
  }
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();

  return {
    /** Whose a process is; told at each request, before it wakes for it. */
    know: (id: string, app: AppRef) => void apps.set(id, app),
    changed(id: string, state: string) {
      const before = states.get(id) ?? 'asleep';
      states.set(id, state);
      const app = apps.get(id);
      if (app && state === 'starting') counters.woke(app, 'coldWakes');
      if (app && state === 'running' && before === 'frozen') counters.woke(app, 'thaws');
      if (app && state === 'stopping') void lookAt(id, app);
      if (state !== 'asleep') return;
      states.delete(id);
      apps.delete(id);
    },
    look,
    async close() {
      clearInterval(timer);
      await look();
    },
  };
}
