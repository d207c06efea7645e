import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project, RuntimeStatus, Turn } from '@talkide/contracts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Api, signUp, visit, type WatchedProject, watchProject } from './support/api.ts';
import { connect } from './support/database.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from './support/platform.ts';
import { hasEnded, isAtWork } from './support/turns.ts';

const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };
const MB = 1024 * 1024;
const FLOOR_MB = 80;

let home: string;
let platform: PlatformProcess;
let api: Api;
let project: Project;
let other: Project;
let token: string;
let watched: WatchedProject;

const run = (command: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
};
const ballast = () => join(home, 'ballast');
const freeMb = async () => {
  const { bavail, bsize } = await statfs(home);
  return (bavail * bsize) / MB;
};

/** Takes room until no more than this is left. */
async function leave(megabytes: number): Promise<void> {
  const file = await open(ballast(), 'a');
  const piece = Buffer.alloc(MB / 4);
  try {
    while ((await freeMb()) > megabytes) await file.write(piece);
    // The last bytes of all: the system counts whole pages.
    while (megabytes === 0) await file.write(Buffer.alloc(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    await file.close();
  }
}
const makeRoom = () => rm(ballast(), { force: true });

beforeAll(async () => {
  home = await realpath(await makeHome());
  run('mount', '-t', 'tmpfs', '-o', 'size=600m,mode=0711', 'tmpfs', home);
  platform = await startPlatform({ home, port: await freePort(), env: { TALKIDE_MIN_FREE_MB: String(FLOOR_MB) } });
  const signedUp = await signUp(platform.url, person);
  api = signedUp.api;
  token = signedUp.grant.accessToken;
  project = await api.post<Project>('/api/projects', { name: 'Guest book' });
  await vi.waitUntil(async () => (await visit(project.previewUrl)).status === 200, { timeout: 60_000 });
  other = await api.post<Project>('/api/projects', { name: 'Notes' });
  await vi.waitUntil(async () => (await visit(other.previewUrl)).status === 200, { timeout: 60_000 });
  watched = await watchProject(api, project);
});

afterAll(async () => {
  watched?.close();
  await platform?.stop();
  run('umount', '-l', home);
  await removeHome(home);
});

const logLines = async () =>
  (await readFile(join(home, 'log', 'talkide.log'), 'utf8'))
    .trim()
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as { level: number; msg: string }];
      } catch {
        // Torn by the full disk.
        return [];
      }
    });
test('while there is little room nothing new begins, and the operator is told', async () => {
  await leave(FLOOR_MB - 10);
  await expect(watched.say('Add a picture')).rejects.toThrow('room_low');
  await expect(api.post(`/api/projects/${project.id}/publish`)).rejects.toThrow('room_low');
  expect((await api.get<RuntimeStatus>('/api/admin/runtime')).room).toMatchObject({ floorMb: FLOOR_MB, low: true });
  expect((await visit(project.previewUrl)).status).toBe(200);
  await makeRoom();
  expect((await api.get<RuntimeStatus>('/api/admin/runtime')).room.low).toBe(false);
  const told = (await logLines()).filter(({ msg }) => /room/.test(msg));
  expect(told.map(({ msg }) => msg)).toEqual([
    'Little room is left on the disk of the home: nothing new is begun',
    'There is room on the disk of the home again',
  ]);
});

test('a disk that becomes full in the middle of a turn: once there is room the work is done, and counts once', async () => {
  const from = watched.events.length;
  const { turn } = await watched.say('Build a guest book for our summer party');
  await watched.wait(isAtWork, 'the first sign of work', from);
  const before = (await logLines()).length;
  // Whatever is asked of the platform now, nothing is half done.
  const save = () =>
    fetch(`${platform.url}/api/projects/${other.id}/file?path=README.md`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify({ content: randomBytes(15_000).toString('hex') }),
    });
  // For as long as the agents take to need the disk, too.
  const answers: string[] = [];
  for (let tries = 0; tries < 20; tries += 1) {
    await leave(0);
    const answer = await save();
    const { code = 'saved' } = (await answer.json()) as { code?: string };
    answers.push(`${answer.status} ${code}`);
  }
  await makeRoom();
  for (const answer of answers) expect(['507 disk_full', '503 database_away']).toContain(answer);
  const end = await watched.wait(hasEnded(turn.id), 'the end of the turn');
  // An agent whose own program could not write may have failed; it costs nothing then, and the button does it again.
  const failed = end.turn.status === 'FAILED';
  const last = failed ? await api.post<Turn>(`/api/turns/${turn.id}/retry`) : end.turn;
  const done = failed ? (await watched.wait(hasEnded(last.id), 'the end of the second turn')).turn : last;
  expect(done.status).toBe('SUCCEEDED');
  await vi.waitUntil(async () => (await visit(project.previewUrl)).status === 200, { timeout: 60_000 });
  const client = await connect(home, 'talkide');
  try {
    const { rows } = await client.query(
      `select t.status, t.attempt, t.charged_cost_usd = coalesce((select sum(charged_cost_usd) from usage_event u where u.turn_id = t.id), 0) as exact
         from turn t where id = $1`,
      [done.id],
    );
    expect(rows).toEqual([{ status: 'SUCCEEDED', attempt: 1, exact: true }]);
  } finally {
    await client.end();
  }
  expect((await save()).status).toBe(200);
  const loud = (await logLines()).slice(before).filter(({ level }) => level >= 40);
  expect(loud.length, loud.map(({ msg }) => msg).join('\n')).toBeLessThan(30);
});
