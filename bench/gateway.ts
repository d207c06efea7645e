/**
 * The gateway with everything on, beside a naive proxy, Portkey's gateway and nothing at all: CPU, latency, memory, and
 * how fast it records. `npm run bench:gateway -- [--json] [--rounds N] [--no-peers] [--only 'json 64']`
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Contestant, startContestants } from './gateway/contestants.ts';
import { insertRates } from './gateway/insert-rates.ts';
import { measure, type Sample } from './gateway/measure.ts';
import { peakRssMb } from './gateway/proc.ts';
import { createBench } from './gateway/rig.ts';
import { type Scenario, scenarios } from './gateway/scenarios.ts';
import { type Figures, figuresOf } from './gateway/table.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    'no-peers': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const log = (text: string) => flags.json || console.log(text);
const rounds = Number(flags.rounds);
const chosen = scenarios.filter(({ name }) => name.startsWith(flags.only));

const bench = await createBench();
try {
  const contestants = await startContestants(bench, !flags['no-peers']);
  await warmUp(contestants);
  const table = await play(contestants);
  const peaks = await Promise.all(
    contestants.map(async ({ name, pid }) => [name, pid === null ? null : Math.round(await peakRssMb(pid))] as const),
  );
  const ours = contestants.find(({ name }) => name === 'ours');
  const recording = ours ? await insertRates(bench, ours, Math.min(rounds, 3)) : null;
  const [cpu] = cpus();
  const machine = { cpu: cpu?.model.trim(), cores: cpus().length, node: process.version, loadAverage: loadavg() };
  const result = { machine, rounds, table, peakRssMb: Object.fromEntries(peaks), recording };
  console.log(JSON.stringify(result, null, flags.json ? 0 : 2));
} finally {
  await bench.close();
}

/** Until the compilers have done their work; what comes later is the steady state of a server. */
async function warmUp(contestants: readonly Contestant[]): Promise<void> {
  for (const scenario of scenarios.filter(({ concurrency, paced }) => concurrency === 64 && !paced)) {
    for (let times = 0; times < 2; times++) for (const one of contestants) await measure(one, scenario);
  }
}

/** Round after round, the contestants by turns. */
async function play(
  contestants: readonly Contestant[],
): Promise<{ scenario: string; [name: string]: Figures | string }[]> {
  const samples = new Map<Scenario, Map<string, Sample[]>>();
  for (let at = 0; at < rounds; at++) {
    log(`round ${at + 1} of ${rounds}`);
    for (const scenario of chosen) {
      const own = samples.get(scenario) ?? new Map<string, Sample[]>();
      samples.set(scenario, own);
      for (const one of contestants) own.set(one.name, [...(own.get(one.name) ?? []), await measure(one, scenario)]);
    }
  }
  return [...samples].map(([scenario, own]) => ({
    scenario: scenario.name,
    ...Object.fromEntries(contestants.map(({ name }) => [name, figuresOf(own, name)])),
  }));
}
