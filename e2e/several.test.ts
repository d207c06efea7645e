import { type Agent, request } from 'node:http';
import { join } from 'node:path';
import type { ConversationView, Project, Release } from '@talkide/contracts';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../apps/server/src/platform/postgres/index.ts';
import { askForRelease } from '../apps/server/src/release.ts';
import { startLoad } from './releases/load.ts';
import { createApi, signUp, watchProject } from './support/api.ts';
import { openBalancer } from './support/balancer.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { processesOf } from './support/processes.ts';
import { hasEnded, isAtWork } from './support/turns.ts';

const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };

/** A home and databases outside it, as several platforms share them. */
async function openGround() {
  const [home, folder, port] = [await makeHome(), await makeHome(), await freePort()];
  const postgres = await startEmbeddedPostgres({
    ...{ dataDir: join(folder, 'data'), socketDir: join(folder, 'run'), logFile: join(folder, 'postgres.log') },
  });
  const client = new Client({ connectionString: postgres.adminUrl('postgres') });
  await client.connect();
  for (const name of ['control', 'data']) await client.query(`create database ${name}`);
  await client.end();
  const control = new Client({ connectionString: postgres.adminUrl('control') });
  await control.connect();
  const running = new Set<PlatformProcess>();
  onTestFinished(async () => {
    await Promise.all([...running].map((one) => one.stop()));
    await control.end();
    await postgres.stop();
    await Promise.all([removeHome(home), removeHome(folder)]);
  });
  const env = {
    TALKIDE_DATABASE_URL: postgres.adminUrl('control'),
    TALKIDE_DATAPLANE_URL: postgres.adminUrl('data'),
    TALKIDE_PUBLIC_URL: `http://localhost:${port}`,
  };
  const start = async (at: number, more: Record<string, string> = {}, kept = false) => {
    const platform = await startPlatform({ home, port: at, env: { ...env, ...more }, kept });
    running.add(platform);
    return platform;
  };
  const kill = async (platform: PlatformProcess) => {
    running.delete(platform);
    await platform.stop('SIGKILL');
  };
  /** The seat of the platform whose worker has the turn, and how often it was begun. */
  const atWork = async (turnId: string): Promise<{ seat: number; attempts: number }> => {
    const { rows } = await control.query(
      `select worker_seat as seat, attempt as attempts
         from environment join turn on environment.id = turn.environment_id where turn.id = $1`,
      [turnId],
    );
    return rows[0];
  };
  const release = () => askForRelease({ ...env, TALKIDE_HOME: home }, home);
  return { home, port, start, kill, atWork, release };
}

/** What an application answers through one of the platforms. */
const visitBy = ({ port }: { port: number }, address: string, agent: Agent | false = false) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { host } = new URL(address);
    request({ host: '127.0.0.1', port, headers: { host }, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
const answers = (platform: PlatformProcess, address: string, text = '') =>
  vi.waitUntil(
    async () => {
      const { status, body } = await visitBy(platform, address);
      return status === 200 && body.includes(text);
    },
    { timeout: 60_000, interval: 100 },
  );

test('two platforms on one home and database do the work of one, and one goes on when the other dies', async () => {
  const ground = await openGround();
  const first = await ground.start(ground.port);
  const second = await ground.start(await freePort());
  expect(second.output()).toContain('Another TalkIDE runs on this folder and database; this one is number 2.');

  // What is done by one is seen by the other.
  const { api: byFirst, grant } = await signUp(first.url, person);
  const bySecond = createApi(second.url, grant.accessToken);
  const project = await byFirst.post<Project>('/api/projects', { name: 'Guest book' });
  const [seenByFirst, seenBySecond] = [await watchProject(byFirst, project), await watchProject(bySecond, project)];
  onTestFinished(() => [seenByFirst, seenBySecond].forEach((one) => void one.close()));
  await Promise.all([first, second].map((one) => answers(one, project.previewUrl)));
  for (const [by, watching] of [
    [seenBySecond, seenByFirst],
    [seenByFirst, seenBySecond],
  ] as const) {
    const { turn } = await by.say('Build a guest book');
    const [here, there] = await Promise.all([by, watching].map((one) => one.wait(hasEnded(turn.id), 'the end')));
    expect(here).toEqual(there);
    expect(here?.turn.status).toBe('SUCCEEDED');
  }
  const texts = (events: readonly { type: string }[]) => events.filter(({ type }) => type === 'text.delta').length;
  expect(texts(seenBySecond.events)).toBeGreaterThan(0);
  expect(texts(seenBySecond.events)).toBe(texts(seenByFirst.events));

  // A switch by one is a switch for visitors of both, and no process of before stays.
  const published = async (by: typeof byFirst) => {
    const { id } = await by.post<Release>(`/api/projects/${project.id}/publish`);
    await vi.waitUntil(
      async () => {
        const { items } = await by.get<{ items: Release[] }>(`/api/projects/${project.id}/releases`);
        return items.some((one) => one.id === id && one.status === 'ACTIVE');
      },
      { timeout: 60_000, interval: 100 },
    );
    return id;
  };
  const before = await published(bySecond);
  await Promise.all([first, second].map((one) => answers(one, project.publicUrl)));
  await published(byFirst);
  await Promise.all([first, second].map((one) => answers(one, project.publicUrl)));
  const ofRelease = async (id: string) =>
    (await processesOf(ground.home)).filter(({ command }) => command.includes(`/r${id}/`));
  await vi.waitUntil(async () => (await ofRelease(before)).length === 0, { timeout: 40_000, interval: 200 });

  // Whichever has the worker dies in the middle of a turn: the other takes the turn up, and every message is answered.
  const [from, turn] = [seenBySecond.events.length, (await seenBySecond.say('Add a page about us')).turn];
  await seenBySecond.wait(isAtWork, 'the agents at work', from);
  const [dying, living, by] =
    (await ground.atWork(turn.id)).seat === 1 ? [first, second, bySecond] : [second, first, byFirst];
  const seen = living === second ? seenBySecond : seenByFirst;
  (living === second ? seenByFirst : seenBySecond).close();
  await ground.kill(dying);
  const { turn: ended } = await seen.wait(hasEnded(turn.id), 'the end of the turn', from);
  expect(ended.status).toBe('SUCCEEDED');
  const { messages } = await by.get<ConversationView>(`/api/projects/${project.id}/conversation`);
  expect(messages.at(-1)).toMatchObject({ role: 'PM', turnId: turn.id });
  await answers(living, project.previewUrl);
  const told = seen.events.flatMap((event) =>
    event.type === 'activity.created'
      ? [`activity ${event.activity.id}`]
      : event.type === 'message.created'
        ? [`message ${event.message.id}`]
        : [],
  );
  expect(new Set(told).size).toBe(told.length);

  // It comes back, finds its seat free, and serves as before.
  const again = await ground.start(dying.port);
  expect(again.output().includes('Another TalkIDE runs')).toBe(dying === second);
  await answers(again, project.previewUrl);
});

test('releases take two platforms over one after another: no request fails, and their workers go on with their turns', async () => {
  const ground = await openGround();
  const first = await ground.start(ground.port, {}, true);
  const second = await ground.start(await freePort(), {}, true);
  const { api, grant } = await signUp(second.url, person);
  const project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  await Promise.all([first, second].map((one) => answers(one, project.previewUrl)));
  const balancer = await openBalancer([first.port, second.port]);
  onTestFinished(balancer.close);
  const load = startLoad(1);
  load.add('the application', 50, async (agent) => (await visitBy(balancer, project.previewUrl, agent)).status);
  load.add('the web app', 50, async (agent) => (await visitBy(balancer, 'http://localhost/', agent)).status);

  // Said to the second, worked on by whichever was faster; the feed is told to come again and goes on.
  const seen = await watchProject(api, project);
  const { turn } = await seen.say('Build a guest book');
  await seen.wait(isAtWork, 'the agents at work');
  seen.close();
  expect((await ground.release()).platforms).toBe(2);
  for (const { name, requests, failed } of await load.stop()) {
    expect(failed, name).toEqual([]);
    expect(requests, name).toBeGreaterThan(0);
  }
  const through = createApi(first.url, grant.accessToken);
  await vi.waitUntil(
    async () => {
      const { messages } = await through.get<ConversationView>(`/api/projects/${project.id}/conversation`);
      return messages.at(-1)?.role === 'PM' && messages.at(-1)?.turnId === turn.id;
    },
    { timeout: 60_000, interval: 100 },
  );
  expect((await ground.atWork(turn.id)).attempts).toBe(1);

  // A platform that is alone has its seat still, though the first one is free.
  await first.stop();
  expect((await ground.release()).platforms).toBe(1);
  await answers(second, project.previewUrl);
});

test('a platform with another database or address gets no seat beside one that runs', async () => {
  const ground = await openGround();
  await ground.start(ground.port);
  await expect(ground.start(await freePort(), { TALKIDE_PUBLIC_URL: 'http://localhost:1' })).rejects.toThrow(
    /TalkIDE runs on the folder .* already .*TALKIDE_DATABASE_URL/s,
  );
});

test('a platform with another home is refused while one works with the database, and has it afterwards', async () => {
  const ground = await openGround();
  const elsewhere = { TALKIDE_HOME: await makeHome() };
  onTestFinished(() => removeHome(elsewhere.TALKIDE_HOME));
  const first = await ground.start(ground.port);
  const port = await freePort();
  await expect(ground.start(port, elsewhere)).rejects.toThrow(
    /TalkIDE did not start.*Another TalkIDE, with another home .*TALKIDE_DATABASE_URL/s,
  );
  await signUp(first.url, person);
  await ground.kill(first);
  const second = await ground.start(port, elsewhere);
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
});
