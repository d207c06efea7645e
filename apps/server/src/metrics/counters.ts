import type { Database } from '../platform/db/index.ts';
import { BUCKETS, bucketOf } from './histogram.ts';
import { type AppRef, addMetrics, type Count, forgetMetrics } from './store.ts';

const STEP_MS = 300_000;
const FLUSH_MS = 10_000;
const SWEEP_MS = 3_600_000;
const KEEP_DAYS = 31;
/** How long counts that cannot be written are kept in memory. */
const KEEP_UNWRITTEN_MS = 3_600_000;

export interface Counters {
  answered(app: AppRef, answer: { status: number; ms: number; bytes: number }): void;
  woke(app: AppRef, how: 'coldWakes' | 'thaws'): void;
  used(app: AppRef, usage: { cpuMs: number; memoryBytes: number }): void;
  /** Writes what was counted; what cannot be written now is kept for the next time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Counts in memory, without anything to wait for, and adds to the database every few seconds. */
export function createCounters(db: Database, onError: (error: unknown) => void): Counters {
  let counts = new Map<string, Count>();

  function countOf(app: AppRef): Count {
    const step = Math.floor(Date.now() / STEP_MS);
    const key = `${app.projectId} ${app.kind} ${step}`;
    const known = counts.get(key);
    if (known) return known;
    const { tenantId, projectId, kind } = app;
    const count: Count = {
      ...{ tenantId, projectId, kind, at: new Date(step * STEP_MS), requests: 0, errors: 0, bytesOut: 0 },
      ...{ latency: new Array<number>(BUCKETS).fill(0), cpuMs: 0, memoryBytes: 0, coldWakes: 0, thaws: 0 },
    };
    counts.set(key, count);
    return count;
  }

  async function write(): Promise<void> {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    try {
      await db.system((tx) => addMetrics(tx, [...taken.values()]));
    } catch (error) {
      onError(error);
      const since = Date.now() - KEEP_UNWRITTEN_MS;
      for (const [key, count] of taken) if (count.at.getTime() > since) counts.set(key, addUp(count, counts.get(key)));
    }
  }

  let writing = Promise.resolve();
  /** One write at a time, so that the last one at the end has everything. */
  const flush = () => {
    writing = writing.then(write);
    return writing;
  };

  const timers = [
    setInterval(() => void flush(), FLUSH_MS),
    setInterval(() => void db.system((tx) => forgetMetrics(tx, KEEP_DAYS)).catch(onError), SWEEP_MS),
  ];
  for (const timer of timers) timer.unref();

  return {
    answered(app, { status, ms, bytes }) {
      const count = countOf(app);
      count.requests += 1;
      if (status >= 500) count.errors += 1;
      count.bytesOut += bytes;
      const bucket = bucketOf(ms);
      count.latency[bucket] = (count.latency[bucket] ?? 0) + 1;
    },
    woke(app, how) {
      countOf(app)[how] += 1;
    },
    used(app, { cpuMs, memoryBytes }) {
      const count = countOf(app);
      count.cpuMs += cpuMs;
      count.memoryBytes = Math.max(count.memoryBytes, memoryBytes);
    },
    flush,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await flush();
    },
  };
}

function addUp(one: Count, other: Count | undefined): Count {
  if (!other) return one;
  return {
    ...one,
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    bytesOut: one.bytesOut + other.bytesOut,
    latency: one.latency.map((count, at) => count + (other.latency[at] ?? 0)),
    cpuMs: one.cpuMs + other.cpuMs,
    memoryBytes: Math.max(one.memoryBytes, other.memoryBytes),
    coldWakes: one.coldWakes + other.coldWakes,
    thaws: one.thaws + other.thaws,
  };
}
