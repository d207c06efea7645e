/**
 * The gateway with everything on, beside a naive proxy, Portkey's gateway and nothing at all: CPU, latency, memory.
 * `npm run bench:gateway -- --json [--rounds N] [--no-peers]`
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { insertRates } from './gateway/insert-rates.ts';
import { shoot } from './gateway/load.ts';
import { frames, message, requestBody } from './gateway/messages.ts';
import { startPortkey } from './gateway/portkey.ts';
import { cpuSeconds, median, peakRssMb, quantile } from './gateway/proc.ts';
import { createBench } from './gateway/rig.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    'no-peers': { type: 'boolean', default: false },
  },
});
const log = (text: string) => flags.json || console.log(text);
const round = (number: number, digits = 3) => Number(number.toFixed(digits));

interface Scenario {
  name: string;
  streams: boolean;
  paced?: boolean;
  concurrency: number;
  calls: number;
}
const scenarios0: readonly Scenario[] = [
  { name: 'json 1', streams: false, concurrency: 1, calls: 1_000 },
  { name: 'json 16', streams: false, concurrency: 16, calls: 3_000 },
  { name: 'json 64', streams: false, concurrency: 64, calls: 4_000 },
  { name: 'json 256', streams: false, concurrency: 256, calls: 4_000 },
  { name: 'stream 1', streams: true, concurrency: 1, calls: 500 },
  { name: 'stream 16', streams: true, concurrency: 16, calls: 1_500 },
  { name: 'stream 64', streams: true, concurrency: 64, calls: 1_500 },
  { name: 'stream 256', streams: true, concurrency: 256, calls: 1_500 },
  { name: 'paced 64', streams: true, paced: true, concurrency: 64, calls: 320 },
];

const scenarios = process.env.ONLY
  ? scenarios0.filter(({ name }) => name.startsWith(process.env.ONLY ?? ''))
  : scenarios0;
interface Contestant {
  name: string;
  url: string;
  /** Null: there is nothing in between. */
  pid: number | null;
  pathOf(scenario: Scenario): string;
  token: string;
}
interface Sample {
  cpu: number | null;
  p50: number;
  p99: number;
  firstByte: number;
}

const bench = await createBench();
try {
  const upstream = await bench.start('upstream-process.ts');
  const env = { UPSTREAM: upstream.url, DATABASE_URL: bench.databaseUrl, JOURNAL_DIR: join(bench.folder, 'journal') };
  const [ours, naive] = [await bench.start('ours-process.ts', env), await bench.start('naive-process.ts', env)];
  const path = ({ paced }: Scenario) => (paced ? '/v1/messages?at=/paced/' : '/v1/messages');
  const below = (scenario: Scenario) => `/gateway${path(scenario)}`;
  const contestants: Contestant[] = [
    { name: 'direct', url: upstream.url, pid: null, pathOf: path, token: 'none' },
    { name: 'naive', url: naive.url, pid: naive.pid, pathOf: below, token: bench.token },
    { name: 'ours', url: ours.url, pid: ours.pid, pathOf: below, token: bench.token },
  ];
  const portkey = flags['no-peers'] ? null : await startPortkey(upstream.url);
  if (portkey) contestants.push({ name: 'portkey', url: portkey.url, pid: portkey.pid, pathOf: path, token: 'none' });

  const samples = new Map<string, Sample[]>();
  const take = async (one: Contestant, scenario: Scenario) => {
    const share = one.name === 'portkey' ? 0.1 : 1;
    const before = one.pid === null ? 0 : await cpuSeconds(one.pid);
    const calls = Math.max(scenario.concurrency, Math.round(scenario.calls * share));
    const expected = scenario.streams ? frames.reduce((sum, frame) => sum + frame.length, 0) : message.length;
    const body = requestBody(scenario.streams);
    const shots = await shoot(one.url, {
      ...{ path: one.pathOf(scenario), token: one.token, body, concurrency: scenario.concurrency, calls },
      expected: one.name === 'portkey' ? null : expected,
      headers: one.name === 'portkey' ? (portkey?.headers ?? {}) : {},
    });
    if (one.name === 'ours') await settle();
    const cpu = one.pid === null ? null : (((await cpuSeconds(one.pid)) - before) * 1_000) / calls;
    const times = shots.map((shot) => shot.ms);
    const sample = {
      cpu,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      firstByte: quantile(
        shots.map((shot) => shot.firstByteMs),
        0.5,
      ),
    };
    const key = `${scenario.name}/${one.name}`;
    samples.set(key, [...(samples.get(key) ?? []), sample]);
  };
  const settle = async () => {
    ours.child.send(bench.turnId);
    await once(ours.child, 'message');
  };

  const warm = scenarios0.filter(({ concurrency }) => concurrency === 16);
  for (const scenario of warm) for (const one of contestants) await take(one, scenario);
  samples.clear();
  for (let at = 0; at < Number(flags.rounds); at++) {
    log(`round ${at + 1} of ${flags.rounds}`);
    for (const scenario of scenarios) for (const one of contestants) await take(one, scenario);
  }

  const of = (scenario: Scenario, name: string, figure: keyof Sample) =>
    median((samples.get(`${scenario.name}/${name}`) ?? []).flatMap((sample) => sample[figure] ?? []));
  const table = scenarios.map((scenario) => ({
    scenario: scenario.name,
    ...Object.fromEntries(
      contestants.map(({ name }) => [
        name,
        {
          cpuSecondsPer1000: name === 'direct' ? null : round(of(scenario, name, 'cpu')),
          cpuOfNaive: name === 'direct' ? null : round(of(scenario, name, 'cpu') / of(scenario, 'naive', 'cpu'), 2),
          addedP50Ms: round(of(scenario, name, 'p50') - of(scenario, 'direct', 'p50')),
          addedP99Ms: round(of(scenario, name, 'p99') - of(scenario, 'direct', 'p99')),
          addedFirstByteMs: round(of(scenario, name, 'firstByte') - of(scenario, 'direct', 'firstByte')),
        },
      ]),
    ),
  }));
  const peaks = await Promise.all(
    contestants.map(async ({ name, pid }) => [name, pid === null ? null : Math.round(await peakRssMb(pid))] as const),
  );
  portkey?.close();
  const { recorded } = await bench.db.system((tx) =>
    tx
      .selectFrom('usage_event')
      .select((eb) => eb.fn.countAll<string>().as('recorded'))
      .executeTakeFirstOrThrow(),
  );
  const inserts = await insertRates(bench, { settle, url: ours.url, upstreamUrl: upstream.url });
  const result = {
    rounds: Number(flags.rounds),
    table,
    peakRssMb: Object.fromEntries(peaks),
    recorded: Number(recorded),
    inserts,
  };
  console.log(flags.json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
} finally {
  await bench.close();
}
