import { expect, test } from 'vitest';
import { runReleases } from './releases/run.ts';

test('a new release takes over under load: no request fails, no event is lost or doubled', {
  timeout: 180_000,
}, async () => {
  const { lanes, feeds, turns, releaseMs, unsettled } = await runReleases({
    releases: 1,
    apps: 1,
    pace: 'quarter',
    pauseMs: 1_500,
  });
  expect(releaseMs).toHaveLength(1);
  for (const { name, requests, failed } of lanes) {
    expect(failed, name).toEqual([]);
    expect(requests, name).toBeGreaterThan(0);
  }
  expect(feeds).toMatchObject({ lost: 0, doubled: 0 });
  // One over plain HTTP, one over TLS.
  expect(feeds.reasons.map(([reason]) => reason)).toEqual(['shutting_down', 'shutting_down']);
  expect(feeds.events).toBeGreaterThan(0);
  expect(unsettled).toEqual([]);
  expect(Object.keys(turns)).toEqual(['SUCCEEDED']);
});
