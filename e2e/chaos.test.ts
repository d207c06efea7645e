import { expect, test } from 'vitest';
import { runChaos } from './chaos/run.ts';

/** The same kills in every run of the suite; `npm run chaos` takes other seeds and more rounds. */
const SEED = 20261127;
const ROUNDS = 50;

test('whatever is killed, nothing is lost', { timeout: 600_000 }, async () => {
  const report = await runChaos({ rounds: ROUNDS, seed: SEED });
  expect(report.faults, `npm run chaos -- --rounds ${report.rounds} --seed ${SEED}`).toEqual([]);
  expect(report.rounds).toBe(ROUNDS);
  // A run that met nothing alive, or asked nothing of the model, would prove nothing.
  expect(Object.values(report.kills).reduce((sum, { hit }) => sum + hit, 0)).toBeGreaterThan(ROUNDS / 2);
  expect(report.modelCalls).toBeGreaterThan(ROUNDS);
});
