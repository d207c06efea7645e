/**
 * The main job, headless, through the public API, on a fresh data folder with the demo model. Prints one JSON object;
 * exits non-zero when a step fails. `npm run journey -- --json [--no-idle]`
 */
import type { FeedEvent, Project, Release } from '@talkide/contracts';
import { startDemoModel } from '@talkide/demo-model';
import { signUp, visit, type WatchedProject, watchProject } from '../e2e/support/api.ts';
import { freePort, makeHome, memoryOf, removeHome, startPlatform } from '../e2e/support/platform.ts';
import { load } from './support/load.ts';

type Of<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>;

const IDLE_MS = 60_000;
const LOAD_MS = 4_000;

const figures: Record<string, number> = {};
const log = (text: string) => process.argv.includes('--json') || console.log(text);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function timed<T>(name: string, action: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await action();
  figures[name] = Math.round(performance.now() - begun);
  log(`${name}: ${figures[name]} ms`);
  return result;
}

const isTurnEnd = (event: FeedEvent): event is Of<'turn.updated'> =>
  event.type === 'turn.updated' && ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(event.turn.status);
const isPreview = (event: FeedEvent): event is Of<'release.updated'> =>
  event.type === 'release.updated' && event.release.kind === 'PREVIEW' && event.release.status === 'ACTIVE';
const isPublished = (event: FeedEvent): event is Of<'release.updated'> =>
  event.type === 'release.updated' &&
  event.release.kind === 'PUBLISHED' &&
  ['ACTIVE', 'FAILED'].includes(event.release.status);
const isEdit = (event: FeedEvent): event is Of<'activity.created'> =>
  event.type === 'activity.created' && event.activity.toolCategory === 'EDITING';

async function untilOk(address: string, path = '/'): Promise<string> {
  for (;;) {
    const { status, body } = await visit(address, path);
    if (status === 200) return body;
    await pause(5);
  }
}

/** Says something and waits for the end of its turn. */
async function turn(watched: WatchedProject, content: string): Promise<Of<'turn.updated'>> {
  const from = watched.events.length;
  await watched.say(content);
  const ended = await watched.wait(isTurnEnd, `the end of "${content}"`, from);
  if (ended.turn.status !== 'SUCCEEDED')
    throw new Error(`"${content}" ended ${ended.turn.status}: ${ended.turn.errorCode}`);
  return ended;
}

async function main(): Promise<void> {
  const home = await makeHome();
  const port = await freePort();
  const model = await startDemoModel({});
  const env = {
    TALKIDE_MODEL_BASE_URL: model.url,
    TALKIDE_MODEL_API_KEY: 'journey',
    TALKIDE_MODEL: 'talkide-demo',
    TALKIDE_STARTING_CREDIT_USD: '100',
  };
  let platform = await startPlatform({ home, port, env });
  try {
    figures.startMs = platform.startMs;
    await platform.stop();
    platform = await startPlatform({ home, port, env });
    figures.restartMs = platform.startMs;

    const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };
    const { api } = await timed('signUpMs', () => signUp(platform.url, person));

    const project = await timed('createToPreviewMs', async () => {
      const created = await api.post<Project>('/api/projects', { name: 'Guest book' });
      await untilOk(created.previewUrl);
      return created;
    });

    const watched = await watchProject(api, project);
    const built = await timed('guestBookMs', async () => {
      await turn(watched, 'Build a guest book');
      const from = watched.events.length;
      await watched.say('At once');
      await watched.wait(
        (event): event is Of<'build.updated'> => event.type === 'build.updated' && event.build.status === 'FAILED',
        'the failed build',
        from,
      );
      return watched.wait(isPreview, 'the repaired preview', from);
    });
    log(`guest book stands as version ${built.release.versionNumber}`);

    const before = watched.events.length;
    const servedBefore = model.served.length;
    const said = Date.now();
    const ended = await timed('turnMs', () => turn(watched, 'Make the header green'));
    figures.messageToUpstreamMs = (model.served[servedBefore]?.at ?? Number.NaN) - said;
    await watched.wait(isPreview, 'the green preview', before);
    await untilOk(project.previewUrl);
    const shown = Date.now();
    const lastEdit = watched.events.slice(before).filter(isEdit).at(-1);
    figures.editToPreviewMs = shown - Date.parse(lastEdit?.activity.createdAt ?? '');
    log(`turn ${ended.turn.id} cost $${ended.turn.costUsd}`);

    await timed('publishMs', async () => {
      const from = watched.events.length;
      await api.post<Release>(`/api/projects/${project.id}/publish`);
      const published = await watched.wait(isPublished, 'the publication', from);
      if (published.release.status !== 'ACTIVE') throw new Error(`not published: ${published.release.error}`);
      await untilOk(project.publicUrl);
    });

    const loading = load(project.publicUrl, LOAD_MS);
    await pause(LOAD_MS / 4);
    const from = watched.events.length;
    await api.post<Release>(`/api/projects/${project.id}/publish`);
    await watched.wait(isPublished, 'the second publication', from);
    const { sent, failed } = await loading;
    figures.publishRequests = sent;
    figures.publishFailedRequests = failed;

    watched.close();
    if (!process.argv.includes('--no-idle')) {
      await pause(IDLE_MS);
      const { rssMb, pssMb, processes } = await memoryOf(platform.pid);
      Object.assign(figures, { idleRssMb: rssMb, idlePssMb: pssMb, idleProcesses: processes });
    }
    console.log(JSON.stringify(figures));
  } finally {
    await platform.stop();
    await model.close();
    await removeHome(home);
  }
}

await main();
