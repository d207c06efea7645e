/**
 * Has new releases of the platform take over under load and counts what failed. Prints a report; exits non-zero when a
 * request failed or a feed lost or doubled an event. `npm run bench:restart -- --json [--releases N] [--apps N] [--quarter]`
 */
import { parseArgs } from 'node:util';
import { runReleases } from '../e2e/releases/run.ts';

const { values } = parseArgs({
  options: {
    releases: { type: 'string', default: '10' },
    apps: { type: 'string', default: '3' },
    quarter: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [releases, apps] = [Number(values.releases), Number(values.apps)];
if (![releases, apps].every((number) => Number.isSafeInteger(number) && number > 0)) {
  console.error('Both are whole numbers from 1: npm run bench:restart -- --releases 10 --apps 3');
  process.exit(2);
}
const report = await runReleases({
  ...{ releases, apps, pauseMs: 3_000 },
  pace: values.quarter ? 'quarter' : 'full',
  onRelease: (ms) => values.json || console.log(`a release took ${ms} ms`),
});
console.log(JSON.stringify(report, null, values.json ? 0 : 2));
const { lost, doubled } = report.feeds;
const failed = report.lanes.reduce((sum, lane) => sum + lane.failed.length, 0);
if (failed + lost + doubled + report.unsettled.length > 0) process.exit(1);
