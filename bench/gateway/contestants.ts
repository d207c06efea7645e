import { once } from 'node:events';
import { join } from 'node:path';
import { startPortkey } from './portkey.ts';
import type { Bench } from './rig.ts';
import type { Scenario } from './scenarios.ts';

/** Something that calls can pass through. */
export interface Contestant {
  name: 'direct' | 'naive' | 'ours' | 'portkey';
  url: string;
  /** Null: there is nothing in between. */
  pid: number | null;
  pathOf(scenario: Scenario): string;
  token: string;
  headers: Record<string, string>;
  /** It writes answers of its own, so their sizes are not known. */
  rewrites: boolean;
  /** The part of a scenario's calls that it is measured with: a slow one would take minutes. */
  share: number;
  /** Resolves when all work that its calls caused is done. */
  settle(): Promise<void>;
}

const path = ({ paced }: Scenario) => (paced ? '/v1/messages?at=/paced/' : '/v1/messages');
const below = (scenario: Scenario) => `/gateway${path(scenario)}`;
const done = async () => {};

/** Starts all of them, in front of the same upstream. */
export async function startContestants(bench: Bench, withPeers: boolean): Promise<Contestant[]> {
  const { token } = bench;
  const upstream = await bench.start('upstream-process.ts');
  const env = { UPSTREAM: upstream.url, DATABASE_URL: bench.databaseUrl, JOURNAL_DIR: join(bench.folder, 'journal') };
  const ours = await bench.start('ours-process.ts', env);
  const naive = await bench.start('naive-process.ts', env);
  const common = { token, headers: {}, rewrites: false, share: 1, settle: done };
  const settle = async () => {
    ours.child.send(bench.turnId);
    await once(ours.child, 'message');
  };
  const contestants: Contestant[] = [
    { ...common, name: 'direct', url: upstream.url, pid: null, pathOf: path },
    { ...common, name: 'naive', url: naive.url, pid: naive.pid, pathOf: below },
    { ...common, name: 'ours', url: ours.url, pid: ours.pid, pathOf: below, settle },
  ];
  if (withPeers) {
    const portkey = await startPortkey(upstream.url, bench.keep);
    const odd = { rewrites: true, share: 0.1 };
    contestants.push({ ...common, ...portkey, ...odd, name: 'portkey', pathOf: path });
  }
  return contestants;
}
