import { once } from 'node:events';
import { chmod, chown, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signUp, visit } from './support/api.ts';
import { CRYPTIC, launch } from './support/launch.ts';
import { freePort, makeHome, removeHome, startPlatform } from './support/platform.ts';
import { processesOf } from './support/processes.ts';

async function newHome(): Promise<string> {
  const home = await realpath(await makeHome());
  onTestFinished(() => removeHome(home));
  return home;
}
async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return String((server.address() as AddressInfo).port);
}
/** Refused with a sentence of ours: the reason and the mend, no stack, nothing left running. */
function expectRefusal({ code, output }: { code: number | null; output: string }, ...parts: string[]) {
  expect(code).toBeGreaterThan(0);
  expect(output).toMatch(/^\nTalkIDE did not start\.\n/);
  for (const part of parts) expect(output).toContain(part);
  expect(output).not.toMatch(CRYPTIC);
}

test('a second start on the same home is refused, and the first goes on', async () => {
  const home = await newHome();
  const first = await startPlatform({ home, port: await freePort() });
  onTestFinished(async () => void (await first.stop()));
  const { api } = await signUp(first.url, { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' });
  const project = await api.post<{ previewUrl: string }>('/api/projects', { name: 'Stays' });
  expect((await visit(project.previewUrl)).status).toBe(200);
  const second = await launch({ TALKIDE_HOME: home, TALKIDE_PORT: String(await freePort()) });
  expectRefusal(second, `TalkIDE runs on the folder ${home} already (process ${first.pid})`, 'TALKIDE_HOME');
  expect((await visit(project.previewUrl)).status).toBe(200);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
});

describe('a taken port', () => {
  test.each(['TALKIDE_PORT', 'TALKIDE_METRICS_PORT'])('%s', async (variable) => {
    const home = await newHome();
    const port = await takenPort();
    const other = { TALKIDE_PORT: String(await freePort()) };
    const refused = await launch({ TALKIDE_HOME: home, ...other, [variable]: port });
    expectRefusal(refused, `Port ${port} is taken by another program.`, `${variable}=${Number(port) + 1} npm start`);
    expect(await processesOf(home)).toEqual([]);
  });
});

test('a configuration with several faults names them all and touches nothing', async () => {
  const home = join(await newHome(), 'never-made');
  const refused = await launch({
    TALKIDE_HOME: home,
    TALKIDE_PORT: 'ninety',
    TALKIDE_SIGN_UP: 'perhaps',
    TALKIDE_PROT: '9090',
    TALKIDE_SECRET_KEY: 'hunter2',
  });
  expectRefusal(
    refused,
    'TALKIDE_PORT takes',
    'TALKIDE_SIGN_UP takes',
    'TALKIDE_PROT is not',
    'TALKIDE_SECRET_KEY takes',
  );
  expect(refused.code).toBe(78);
  expect(refused.output).not.toContain('hunter2');
  await expect(stat(home)).rejects.toThrow('ENOENT');
});

test('a file in the place of the home', async () => {
  const home = join(await newHome(), 'file');
  await writeFile(home, '');
  expectRefusal(await launch({ TALKIDE_HOME: home }), `The folder ${home} cannot be used`, 'TALKIDE_HOME');
});

test('a home that cannot be written', async () => {
  const folder = await newHome();
  const home = join(folder, 'locked');
  await mkdir(home);
  // Root may write anywhere but where the kernel says no.
  const root = process.getuid?.() === 0;
  const refused = root ? await launch({ TALKIDE_HOME: '/sys/talkide' }) : await lockedFor(home);
  expectRefusal(refused, 'cannot be used', 'Make it yours and writable');
});

async function lockedFor(home: string) {
  await chmod(home, 0o500);
  onTestFinished(() => chmod(home, 0o700));
  return launch({ TALKIDE_HOME: home });
}

test('a secret key that cannot be read', async () => {
  const home = await newHome();
  await mkdir(join(home, 'secret.key'));
  const refused = await launch({ TALKIDE_HOME: home, TALKIDE_PORT: String(await freePort()) });
  expectRefusal(refused, 'secret.key', 'TALKIDE_SECRET_KEY');
});

test('a database of another version is refused and left as it is', async () => {
  const home = await newHome();
  const cluster = join(home, 'postgres', 'cluster');
  await mkdir(cluster, { recursive: true });
  await writeFile(join(cluster, 'PG_VERSION'), '14\n');
  if (process.getuid?.() === 0) await chown(cluster, 65534, 65534);
  const refused = await launch({ TALKIDE_HOME: home, TALKIDE_PORT: String(await freePort()) });
  expectRefusal(refused, 'was made by PostgreSQL 14');
  expect((await stat(join(cluster, 'PG_VERSION'))).size).toBe(3);
});
