import type { Contestant } from './contestants.ts';
import { shoot } from './load.ts';
import { frames, message, requestBody } from './messages.ts';
import { cpuSeconds, quantile } from './proc.ts';
import type { Scenario } from './scenarios.ts';

/** One contestant in one scenario. Times in milliseconds. */
export interface Sample {
  /** CPU seconds for a thousand calls; null where there is no process. */
  cpu: number | null;
  p50: number;
  p99: number;
  firstByte: number;
}

const bodies = { json: requestBody(false), stream: requestBody(true) };
const answerBytes = { json: message.length, stream: frames.reduce((sum, frame) => sum + frame.length, 0) };

export async function measure(one: Contestant, scenario: Scenario): Promise<Sample> {
  const kind = scenario.streams ? 'stream' : 'json';
  const calls = Math.max(scenario.concurrency, Math.round(scenario.calls * one.share));
  const before = one.pid === null ? 0 : await cpuSeconds(one.pid);
  const shots = await shoot(one.url, {
    ...{ path: one.pathOf(scenario), token: one.token, headers: one.headers, body: bodies[kind] },
    ...{ concurrency: scenario.concurrency, calls, expected: one.rewrites ? null : answerBytes[kind] },
  });
  await one.settle();
  const cpu = one.pid === null ? null : (((await cpuSeconds(one.pid)) - before) * 1_000) / calls;
  const times = shots.map((shot) => shot.ms);
  const firsts = shots.map((shot) => shot.firstByteMs);
  return { cpu, p50: quantile(times, 0.5), p99: quantile(times, 0.99), firstByte: quantile(firsts, 0.5) };
}
