/**
 * Applications that sleep and wake, on a whole platform: how long a request takes that wakes a stopped and a frozen one,
 * and what the edge adds to one that is awake. Prints one JSON object. `npm run bench:apps -- --json`
 */
import { readdir, readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Project } from '@talkide/contracts';
import { signUp, visit } from '../e2e/support/api.ts';
import { descendants, freePort, makeHome, removeHome, startPlatform } from '../e2e/support/platform.ts';
import { quantile as rawQuantile } from './gateway/proc.ts';

const APPS = 10;
const ROUNDS = 6;
const FREEZE_SECONDS = 1;
const IDLE_SECONDS = 5;
const EDGE_BLOCKS = 20;
const EDGE_REQUESTS = 100;
const SOCKETS = '/dev/shm';

const log = (text: string) => process.argv.includes('--json') || console.log(text);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const quantile = (sample: readonly number[], share: number) => Math.round(rawQuantile(sample, share) * 100) / 100;

async function timed(action: () => Promise<{ status: number }>): Promise<number> {
  const begun = performance.now();
  const { status } = await action();
  if (status !== 200) throw new Error(`an application answered ${status}`);
  return performance.now() - begun;
}

/** One request on a connection that is kept. */
function ask(to: { socketPath: string } | { host: string; port: string; headers: { host: string } }, agent: Agent) {
  return new Promise<{ status: number }>((resolve, reject) => {
    request({ ...to, path: '/', agent }, (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0 }));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** The programs of sandboxes below a process: how many there are, and how many are frozen. */
async function programs(pid: number): Promise<{ sandboxes: number; frozen: number }> {
  const states = await Promise.all(
    (await descendants(pid)).map((one) => readFile(`/proc/${one}/stat`, 'utf8').catch(() => '')),
  );
  const frozen = states.filter((text) => /^\d+ \(.*\) T /s.test(text)).length;
  return { sandboxes: states.filter((text) => text.includes('(bwrap)')).length / 2, frozen };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not seen in a minute: ${what}`);
    await pause(50);
  }
}

async function appSockets(): Promise<string[]> {
  const names = await readdir(SOCKETS, { recursive: true });
  return names.filter((name) => /\/r\d+\/http\.sock$/.test(name)).map((name) => join(SOCKETS, name));
}

async function wakes(pid: number, addresses: readonly string[]): Promise<{ cold: number[]; frozen: number[] }> {
  const sample = { cold: [] as number[], frozen: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    await until('all stopped', async () => (await programs(pid)).sandboxes === 0);
    for (const address of addresses) sample.cold.push(await timed(() => visit(address)));
    await until('all frozen', async () => (await programs(pid)).frozen === addresses.length);
    for (const address of addresses) sample.frozen.push(await timed(() => visit(address)));
    log(`round ${round + 1}: cold p50 ${quantile(sample.cold, 0.5)} ms, frozen p50 ${quantile(sample.frozen, 0.5)} ms`);
  }
  return sample;
}

/** What the edge adds: the same small file by the edge and from the application's socket, in turns. */
async function edge(address: string): Promise<{ direct: number[]; edge: number[] }> {
  const before = new Set(await appSockets());
  const { host, port } = new URL(address);
  await visit(address);
  const socketPath = (await appSockets()).find((path) => !before.has(path));
  if (!socketPath) throw new Error(`no socket of the application is below ${SOCKETS}`);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ways = {
    direct: () => ask({ socketPath }, agent),
    edge: () => ask({ host: '127.0.0.1', port, headers: { host } }, agent),
  };
  const sample = { direct: [] as number[], edge: [] as number[] };
  for (let block = 0; block < EDGE_BLOCKS; block++) {
    for (const way of ['direct', 'edge'] as const)
      for (let i = 0; i < EDGE_REQUESTS; i++) sample[way].push(await timed(ways[way]));
  }
  agent.destroy();
  return sample;
}

async function main(): Promise<void> {
  const home = await makeHome();
  const env = {
    TALKIDE_APP_FREEZE_SECONDS: String(FREEZE_SECONDS),
    TALKIDE_APP_IDLE_SECONDS: String(IDLE_SECONDS),
  };
  const platform = await startPlatform({ home, port: await freePort(), env });
  try {
    const { api } = await signUp(platform.url, {
      email: 'ada@example.com',
      name: 'Ada',
      password: 'three unrelated words',
    });
    const addresses: string[] = [];
    for (let i = 0; i < APPS; i++) {
      const { previewUrl } = await api.post<Project>('/api/projects', { name: `Application ${i + 1}` });
      await until('the preview', async () => (await visit(previewUrl)).status === 200);
      addresses.push(previewUrl);
    }
    const { cold, frozen } = await wakes(platform.pid, addresses);
    await until('all stopped', async () => (await programs(platform.pid)).sandboxes === 0);
    const passed = await edge(addresses[0] ?? '');
    const [direct, byEdge] = [quantile(passed.direct, 0.5), quantile(passed.edge, 0.5)];
    const figures = {
      coldWakes: cold.length,
      ...{ coldP50Ms: quantile(cold, 0.5), coldP95Ms: quantile(cold, 0.95) },
      frozenWakes: frozen.length,
      ...{ frozenP50Ms: quantile(frozen, 0.5), frozenP95Ms: quantile(frozen, 0.95) },
      ...{ directP50Ms: direct, edgeP50Ms: byEdge, edgeAddedP50Ms: Math.round((byEdge - direct) * 100) / 100 },
    };
    console.log(JSON.stringify(figures));
  } finally {
    await platform.stop();
    await removeHome(home);
  }
}

await main();
