/**
 * Applications that sleep and wake, on a whole platform: how long a request takes that wakes a stopped and a frozen one, what
 * the edge adds to one that is awake, publishing under load, and with `--density 1000 --awake 100` many of them on one machine.
 * Prints one JSON object. `npm run bench:apps -- --json`
 */
import type { Project } from '@talkide/contracts';
import { type Api, signUp, visit } from '../e2e/support/api.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from '../e2e/support/platform.ts';
import { measureDensity } from './apps/density.ts';
import { measureEdge } from './apps/edge.ts';
import { publishUnderLoad } from './apps/publish.ts';
import { appSockets, frozen, log, option, quantile, timed, until } from './apps/support.ts';

const APPS = 10;
const ROUNDS = 6;
const FREEZE_SECONDS = 1;
const IDLE_SECONDS = 5;

type Wakes = { cold: number[]; frozen: number[] };

async function wake({ home, pid }: PlatformProcess, addresses: readonly string[]): Promise<Wakes> {
  const sample: Wakes = { cold: [], frozen: [] };
  for (let round = 0; round < ROUNDS; round++) {
    await until('all stopped', async () => (await appSockets(home)).length === 0);
    for (const address of addresses) sample.cold.push(await timed(() => visit(address)));
    await until('all frozen', async () => (await frozen(pid)) === addresses.length);
    for (const address of addresses) sample.frozen.push(await timed(() => visit(address)));
    log(`round ${round + 1}: cold p50 ${quantile(sample.cold, 0.5)} ms, frozen p50 ${quantile(sample.frozen, 0.5)} ms`);
  }
  return sample;
}

async function makeApps(api: Api): Promise<Project[]> {
  const made: Project[] = [];
  for (let i = 0; i < APPS; i++) {
    const project = await api.post<Project>('/api/projects', { name: `Application ${i + 1}` });
    await until('the preview', async () => (await visit(project.previewUrl)).status === 200);
    made.push(project);
  }
  return made;
}

async function measureTen(): Promise<Record<string, number | string>> {
  const home = await makeHome();
  const env = {
    TALKIDE_APP_FREEZE_SECONDS: String(FREEZE_SECONDS),
    TALKIDE_APP_IDLE_SECONDS: String(IDLE_SECONDS),
  };
  const platform = await startPlatform({ home, port: await freePort(), env });
  try {
    const ada = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };
    const { api } = await signUp(platform.url, ada);
    const [first, ...others] = await makeApps(api);
    if (!first) throw new Error('no application');
    const wakes = await wake(
      platform,
      [first, ...others].map(({ previewUrl }) => previewUrl),
    );
    await until('all stopped', async () => (await appSockets(home)).length === 0);
    return {
      coldWakes: wakes.cold.length,
      ...{ coldP50Ms: quantile(wakes.cold, 0.5), coldP95Ms: quantile(wakes.cold, 0.95) },
      frozenWakes: wakes.frozen.length,
      ...{ frozenP50Ms: quantile(wakes.frozen, 0.5), frozenP95Ms: quantile(wakes.frozen, 0.95) },
      ...(await measureEdge(home, first.previewUrl)),
      ...(await publishUnderLoad(api, first)),
    };
  } finally {
    await platform.stop();
    await removeHome(home);
  }
}

const [published, awake] = [option('density', 0), option('awake', 100)];
const ten = process.argv.includes('--only-density') ? {} : await measureTen();
console.log(JSON.stringify({ ...ten, ...(published > 0 ? await measureDensity(published, awake) : {}) }));
