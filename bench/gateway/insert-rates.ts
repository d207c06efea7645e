/** How fast the gateway records what it meters, beside how fast single rows can be inserted at all. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './contestants.ts';
import { measure } from './measure.ts';
import { findPgbench, type Pgbench } from './pgbench.ts';
import { median } from './proc.ts';
import type { Bench } from './rig.ts';

export interface InsertRates {
  /** Events that the gateway had metered, charged and committed in a second, while it passed the calls. */
  eventsPerSecond: number;
  /** Rows of the same width inserted in a second by pgbench: 16 clients, a commit each. Null: no pgbench here. */
  pgbenchPerSecond: number | null;
  ofPgbench: number | null;
}

const CALLS = 8_000;
const SECONDS = '8';
const CLIENTS = '16';
const FULL_LOAD = { name: 'full load', streams: false, paced: false, concurrency: 64, calls: CALLS };

const COPY = 'create table bench_event (like usage_event including all);';
const INSERT = `insert into bench_event
  (call_id, tenant_id, user_id, project_id, conversation_id, turn_id, agent_role, session_id, model, request_id,
   input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
   web_search_requests, raw_cost_usd, charged_cost_usd, model_price_id, service_tier, inference_geo, speed,
   latency_ms, outcome, estimated, executor_type, created_at)
  values (gen_random_uuid(), 1, 1, 1, 1, 1, 'talkide-pm', null, 'talkide-demo', 'req_bench',
   1200, 240, 9000, 0, 0, 0, 0, 0.0033, 0.00396, 1, null, null, null, 3, 'completed', false, 'NETWORK_WORKER', now());`;

export async function insertRates(bench: Bench, ours: Contestant, rounds: number): Promise<InsertRates> {
  const pgbench = await findPgbench();
  const inserts = pgbench && (await prepare(bench, pgbench));
  const recorded: number[] = [];
  const inserted: number[] = [];
  for (let at = 0; at < rounds; at++) {
    recorded.push(await recordRate(ours));
    if (inserts) inserted.push(await inserts.rate());
  }
  await inserts?.close();
  const events = Math.round(median(recorded));
  if (!inserts) return { eventsPerSecond: events, pgbenchPerSecond: null, ofPgbench: null };
  const rate = Math.round(median(inserted));
  return { eventsPerSecond: events, pgbenchPerSecond: rate, ofPgbench: Number((events / rate).toFixed(2)) };
}

async function recordRate(ours: Contestant): Promise<number> {
  const begun = performance.now();
  await measure(ours, FULL_LOAD);
  return (CALLS * 1_000) / (performance.now() - begun);
}

async function prepare(bench: Bench, pgbench: Pgbench): Promise<{ rate(): Promise<number>; close(): Promise<void> }> {
  const { username, password, pathname, searchParams, hostname, port } = new URL(bench.adminUrl);
  const env = {
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
    PGHOST: searchParams.get('host') ?? hostname,
    PGPORT: port || '5432',
  };
  const folder = await mkdtemp(join(tmpdir(), 'talkide-pgbench-'));
  const [copy, insert] = [join(folder, 'copy.sql'), join(folder, 'insert.sql')];
  await Promise.all([writeFile(copy, COPY), writeFile(insert, INSERT.replaceAll('\n', ' '))]);
  await pgbench(env, ['-n', '-f', copy, '-t', '1']);
  return {
    rate: async () => {
      const told = await pgbench(env, ['-n', '-f', insert, '-c', CLIENTS, '-j', '2', '-T', SECONDS, '-M', 'prepared']);
      return Number(/tps = ([\d.]+)/.exec(told)?.[1] ?? Number.NaN);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
