import { type MetricRange, type MetricStep, metricRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import { type Counters, createCounters } from './counters.ts';
import { percentile } from './histogram.ts';
import { createProcessWatch, type Measured } from './processes.ts';
import { readSteps, type Step } from './store.ts';

export interface MetricsOptions {
  db: Database;
  projects: { get(tx: Tx, projectId: string): Promise<{ id: string } | null> };
  /** The running process of an id; null while there is none. */
  processOf(id: string): Measured | null;
  onError(error: unknown): void;
}

const STEPS: Readonly<Record<MetricRange, { seconds: number; count: number }>> = {
  HOUR: { seconds: 300, count: 12 },
  DAY: { seconds: 3_600, count: 24 },
  WEEK: { seconds: 6 * 3_600, count: 28 },
  MONTH: { seconds: 86_400, count: 30 },
};

/** How applications do, for their owners. */
export interface Metrics {
  routes(app: FastifyInstance): void;
  answered: Counters['answered'];
  processes: Pick<ReturnType<typeof createProcessWatch>, 'know' | 'changed' | 'look'>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createMetrics({ db, projects, processOf, onError }: MetricsOptions): Metrics {
  const counters = createCounters(db, onError);
  const processes = createProcessWatch(counters, processOf);
  return {
    routes(app) {
      bind(app, metricRoutes.readMetrics, ({ caller: { tenantId }, params, query }) =>
        db.tenant(tenantId, async (tx) => {
          if (!(await projects.get(tx, params.id))) throw new DomainError('not_found');
          const { seconds, count } = STEPS[query.range];
          const rows = await readSteps(tx, { tenantId, projectId: params.id, kind: query.kind }, { seconds, count });
          return { stepSeconds: seconds, steps: rows.map(view), total: view(totalOf(rows)) };
        }),
      );
    },
    answered: counters.answered,
    processes,
    flush: counters.flush,
    async close() {
      await processes.close();
      await counters.close();
    },
  };
}

function view(row: Step): MetricStep {
  const latency = row.latency ?? [];
  const round = (ms: number | null) => (ms === null ? null : Math.round(ms * 10) / 10);
  return {
    at: row.at.toISOString(),
    requests: Number(row.requests),
    errors: Number(row.errors),
    p50Ms: round(percentile(latency, 0.5)),
    p95Ms: round(percentile(latency, 0.95)),
    bytesOut: Number(row.bytes_out),
    cpuMs: Number(row.cpu_ms),
    memoryBytes: Number(row.memory_bytes),
    coldWakes: Number(row.cold_wakes),
    thaws: Number(row.thaws),
  };
}

function totalOf(rows: readonly Step[]): Step {
  const sum = (of: (row: Step) => string) => String(rows.reduce((total, row) => total + Number(of(row)), 0));
  const latency: number[] = [];
  for (const row of rows)
    for (const [at, count] of (row.latency ?? []).entries()) latency[at] = (latency[at] ?? 0) + count;
  return {
    at: rows[0]?.at ?? new Date(0),
    requests: sum((row) => row.requests),
    errors: sum((row) => row.errors),
    bytes_out: sum((row) => row.bytes_out),
    latency: Array.from(latency, (count) => count ?? 0),
    cpu_ms: sum((row) => row.cpu_ms),
    memory_bytes: String(Math.max(0, ...rows.map((row) => Number(row.memory_bytes)))),
    cold_wakes: sum((row) => row.cold_wakes),
    thaws: sum((row) => row.thaws),
  };
}
