/**
 * Kills processes at random under scripted work and checks that nothing was lost. Prints a report; exits non-zero with the
 * seed when an invariant broke. `npm run chaos -- --rounds N --seed S --json`
 */
import { parseArgs } from 'node:util';
import { runChaos } from '../e2e/chaos/run.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'boolean', default: false },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed)) {
  console.error('Rounds are a whole number from 1, the seed is a whole number: npm run chaos -- --rounds 50 --seed 7');
  process.exit(2);
}
// The first Ctrl-C ends the run with its report, after the round that is under way.
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
const report = await runChaos({
  ...{ rounds, seed, signal: stopping.signal },
  // Beside the report, which is alone on the standard output.
  onRound: (round, what) => (values.json ? console.error : console.log)(`${round}/${rounds} ${what}`),
});
console.log(JSON.stringify(report, null, values.json ? 0 : 2));
if (report.faults.length > 0) {
  console.error(
    `\nSeed ${seed} broke in round ${report.rounds}: npm run chaos -- --rounds ${report.rounds} --seed ${seed}`,
  );
  process.exit(1);
}
