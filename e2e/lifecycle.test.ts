import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Activity, ConversationView, Project, Turn } from '@talkide/contracts';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isOfWorker } from './chaos/victims.ts';
import { createApi, signUp, visit } from './support/api.ts';
import { connect } from './support/database.ts';
import { CRYPTIC } from './support/launch.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { processesOf } from './support/processes.ts';

const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };

async function newHome(): Promise<string> {
  const home = await realpath(await makeHome());
  onTestFinished(() => removeHome(home));
  return home;
}
async function start(home: string, env: Record<string, string> = {}): Promise<PlatformProcess> {
  const platform = await startPlatform({ home, port: await freePort(), env });
  onTestFinished(async () => void (await platform.stop()));
  return platform;
}
/** Signs up and has a project with a running preview, so that there are processes of every kind but a worker's. */
async function withProject(platform: PlatformProcess) {
  const { api } = await signUp(platform.url, person);
  const project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  await vi.waitUntil(async () => (await visit(project.previewUrl)).status === 200, { timeout: 30_000 });
  return { api, project };
}
async function signInAgain(platform: PlatformProcess) {
  const { accessToken } = await createApi(platform.url).post<{ accessToken: string }>('/api/auth/sign-in', person);
  return createApi(platform.url, accessToken);
}
/** PostgreSQL ends with a checkpoint, which takes as long as the disk does. */
const noneLeft = async (home: string) => {
  await vi
    .waitUntil(async () => (await processesOf(home)).length === 0, { timeout: 30_000, interval: 20 })
    .catch(async () => expect(await processesOf(home)).toEqual([]));
};
const status = async (url: string) => (await fetch(url)).status;

describe('a first start', () => {
  test('says its address and nothing cryptic, and is healthy', async () => {
    const platform = await start(await newHome());
    expect(platform.output()).toContain(`TalkIDE is ready: ${platform.url}`);
    await vi.waitUntil(() => platform.output().includes('The demo model answers'), 15_000);
    expect(platform.output()).not.toMatch(CRYPTIC);
    expect(await status(`${platform.url}/healthz`)).toBe(200);
    expect(await status(`${platform.url}/readyz`)).toBe(200);
    expect(await (await fetch(`${platform.url}/metrics`)).text()).not.toContain('talkide_http_request_seconds');
    expect(await readFile(join(platform.home, 'log', 'talkide.log'), 'utf8')).not.toMatch(/"level":[456]0/);
  });

  test('serves its metrics on a port of their own', async () => {
    const port = await freePort();
    await start(await newHome(), { TALKIDE_METRICS_PORT: String(port) });
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('talkide_http_request_seconds');
  });
});

describe.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s', (signal) => {
  test('stops every process; the next start finds all data', async () => {
    const home = await newHome();
    const first = await startPlatform({ home, port: await freePort() });
    const { project } = await withProject(first);
    expect((await processesOf(home)).length).toBeGreaterThan(3);
    expect(await first.stop(signal)).toBe(0);
    await noneLeft(home);
    expect(first.output()).not.toMatch(CRYPTIC);

    const second = await startPlatform({ home, port: first.port });
    onTestFinished(async () => void (await second.stop()));
    const api = await signInAgain(second);
    expect(await api.get<Project>(`/api/projects/${project.id}`)).toMatchObject({ name: 'Guest book' });
    expect((await visit(project.previewUrl)).status).toBe(200);
  });
});

test('a turn goes on when the platform is killed and started again', async () => {
  const home = await newHome();
  const first = await startPlatform({ home, port: await freePort() });
  const { api } = await signUp(first.url, person);
  const project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  const { conversation } = await api.get<ConversationView>(`/api/projects/${project.id}/conversation`);
  const content = 'Build a todo board';
  const said = await api.post<{ turn: Turn }>(`/api/conversations/${conversation.id}/messages`, { content });
  const agents = async () => (await processesOf(home)).filter(({ command }) => /^\S*\/claude /.test(command));
  const timeline = () => api.get<{ items: Activity[] }>(`/api/projects/${project.id}/activities`);
  await vi.waitUntil(async () => (await timeline()).items.length > 1, { timeout: 60_000, interval: 20 });
  const [working] = await agents();
  await first.stop('SIGKILL');
  expect((await agents()).map(({ pid }) => pid)).toContain(working?.pid);

  const second = await startPlatform({ home, port: first.port });
  onTestFinished(async () => void (await second.stop()));
  const again = await signInAgain(second);
  const turn = () => again.get<Turn>(`/api/turns/${said.turn.id}`);
  await vi.waitUntil(async () => (await turn()).status === 'SUCCEEDED', { timeout: 60_000, interval: 50 });
  const database = await connect(home, 'talkide');
  expect((await database.query('select attempt from turn')).rows).toEqual([{ attempt: 1 }]);
  await database.end();
  expect((await agents()).map(({ pid }) => pid)).toContain(working?.pid);
  expect(await second.stop()).toBe(0);
  await noneLeft(home);
});

test('a platform that is killed leaves nothing running but its workers, and the next start works with all data', async () => {
  const home = await newHome();
  const first = await startPlatform({ home, port: await freePort() });
  const { api, project } = await withProject(first);
  // Killed in the middle of a build: the next start takes it over.
  await api.post<Project>('/api/projects', { name: 'Second', prompt: 'Build a guest book' });
  await first.stop('SIGKILL');
  const others = async () => (await processesOf(home)).filter(({ command }) => !isOfWorker(command));
  await vi.waitUntil(async () => (await others()).length === 0, { timeout: 30_000, interval: 20 });

  const second = await startPlatform({ home, port: first.port });
  onTestFinished(async () => void (await second.stop()));
  expect((await visit(project.previewUrl)).status).toBe(200);
  const again = await signInAgain(second);
  const { items } = await again.get<{ items: Project[] }>('/api/projects');
  const built = items.find(({ name }) => name === 'Second');
  await vi.waitUntil(async () => (await visit(built?.previewUrl ?? '')).status === 200, { timeout: 30_000 });
});

test('a platform whose starter dies stops by itself', async () => {
  const home = await newHome();
  const port = await freePort();
  const main = join(import.meta.dirname, '..', 'apps/server/src/main.ts');
  const starter = spawn(
    process.execPath,
    [
      '-e',
      `require('node:child_process').spawn(process.execPath, [${JSON.stringify(main)}], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
         .stdout.on('data', (chunk) => process.stdout.write(chunk))`,
    ],
    {
      env: { ...process.env, TALKIDE_HOME: home, TALKIDE_PORT: String(port), TALKIDE_METRICS_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const chunk of starter.stdout) if (String(chunk).includes('TalkIDE is ready')) break;
  starter.kill('SIGKILL');
  await noneLeft(home);
});

test('a platform whose starter dies while it starts does not stay', async () => {
  const home = await newHome();
  const main = join(import.meta.dirname, '..', 'apps/server/src/main.ts');
  const starter = spawn(
    process.execPath,
    [
      '-e',
      `require('node:child_process').spawn(process.execPath, [${JSON.stringify(main)}], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })`,
    ],
    { env: { ...process.env, TALKIDE_HOME: home, TALKIDE_PORT: String(await freePort()), TALKIDE_METRICS_PORT: '0' } },
  );
  await vi.waitUntil(async () => (await processesOf(home)).some(({ command }) => command.includes('main.ts')), 15_000);
  starter.kill('SIGKILL');
  await once(starter, 'close');
  await noneLeft(home);
});

describe('where the home may be', () => {
  test.each(['Můj počítač/data s mezerou', 'quotes "and" $signs', `${'deep/'.repeat(12)}home`])('%s', async (name) => {
    const home = join(await newHome(), name);
    const platform = await start(home);
    await withProject(platform);
  });

  test('behind a symbolic link', async () => {
    const folder = await newHome();
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'link'));
    const platform = await start(join(folder, 'link'));
    await withProject(platform);
  });
});

test('a database that dies is started again; the platform goes on, and leaves nothing when it stops', async () => {
  const platform = await start(await newHome());
  const server = () =>
    processesOf(platform.home).then((all) => all.find(({ command }) => command.includes('postgres -D')));
  const first = await vi.waitUntil(server, 15_000);
  process.kill(first.pid, 'SIGQUIT');
  await vi.waitUntil(async () => ((await server())?.pid ?? first.pid) !== first.pid, 15_000);
  await vi.waitUntil(() => signUp(platform.url, person).catch(() => null), 15_000);
  expect(await platform.stop()).toBe(0);
  await noneLeft(platform.home);
  expect(platform.output()).not.toMatch(CRYPTIC);
});
