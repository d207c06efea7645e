import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { commandLine } from '../process-info.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts';

const home = mkdtempSync(join(tmpdir(), 'talkide-embedded-'));
chmodSync(home, 0o755);
const running: EmbeddedPostgres[] = [];

const optionsFor = (folder: string) => ({
  dataDir: join(folder, 'data'),
  socketDir: join(folder, 'run'),
  logFile: join(folder, 'postgres.log'),
});
const start = async (folder = home) => {
  const server = await startEmbeddedPostgres(optionsFor(folder));
  running.push(server);
  return server;
};
const ask = async (server: EmbeddedPostgres, statement: string) => {
  const client = new Client({ connectionString: server.adminUrl('postgres') });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
};
const startInOtherProcess = async (folder: string): Promise<{ platform: ChildProcess; serverPid: number }> => {
  const script = fileURLToPath(new URL('./hold-server.fixture.ts', import.meta.url));
  const platform = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(platform.stdout ?? platform, 'data');
  return { platform, serverPid: Number(String(line)) };
};
const kill = async (platform: ChildProcess) => {
  platform.kill('SIGKILL');
  await once(platform, 'exit');
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the embedded PostgreSQL', () => {
  it('creates its cluster once, answers on a socket only, and keeps its data', async () => {
    const first = await start();
    expect(await ask(first, 'show server_version_num')).toEqual([
      { server_version_num: expect.stringMatching(/^18/) as string },
    ]);
    expect(await ask(first, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
    expect(await ask(first, 'show fsync')).toEqual([{ fsync: 'on' }]);
    await ask(first, 'create table kept as select 42 as answer');
    await first.stop();
    await first.stop();
    expect(commandLine(first.pid)).toBeUndefined();

    const second = await start();
    expect(await ask(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(statSync(join(home, 'data/admin-password')).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform === 'linux')('gives its processes none of the platform’s secrets', async () => {
    vi.stubEnv('TALKIDE_MODEL_API_KEY', 'a-key-to-look-for');
    const server = await start();
    const environment = readFileSync(`/proc/${server.pid}/environ`, 'utf8').split('\0');
    expect(environment.filter((line) => line.startsWith('TALKIDE_'))).toEqual([]);
    expect(environment.join()).toContain('PATH=');
    vi.unstubAllEnvs();
  });

  it('refuses a wrong password', async () => {
    const url = new URL((await start()).adminUrl('postgres'));
    url.password = 'guess';
    await expect(new Client({ connectionString: url.href }).connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('refuses a folder that another platform uses, and leaves that one alone', async () => {
    const { platform, serverPid } = await startInOtherProcess(home);
    try {
      await expect(start()).rejects.toMatchObject({ code: 'DATABASE_FOLDER_IN_USE' });
      expect(commandLine(serverPid)).toBeDefined();
    } finally {
      await kill(platform);
    }
  });

  it('starts after the platform was killed, whatever its server is doing', async () => {
    const { platform } = await startInOtherProcess(home);
    await kill(platform);
    expect(await ask(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('does not outlive a killed platform', async () => {
    const { platform, serverPid } = await startInOtherProcess(home);
    await kill(platform);
    await vi.waitUntil(() => commandLine(serverPid) === undefined, { timeout: 20_000 });
  });

  it('starts after platform and server were killed', async () => {
    const { platform, serverPid } = await startInOtherProcess(home);
    process.kill(serverPid, 'SIGKILL');
    await kill(platform);
    expect(await ask(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it("starts when the dead server's process id belongs to a stranger now", async () => {
    const { platform, serverPid } = await startInOtherProcess(home);
    const lock = join(home, 'data/cluster/postmaster.pid');
    const lines = readFileSync(lock, 'utf8');
    process.kill(serverPid, 'SIGKILL');
    await kill(platform);
    writeFileSync(lock, lines.replace(/^\d+/, String(process.ppid)));
    expect(await ask(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('runs where only the owner may enter, as a clone in the home of root is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'talkide-private-'));
    chmodSync(folder, 0o700);
    try {
      const first = await start(folder);
      await ask(first, 'create table kept as select 7 as answer');
      await first.stop();
      const { platform, serverPid } = await startInOtherProcess(folder);
      await kill(platform);
      await vi.waitUntil(() => commandLine(serverPid) === undefined, { timeout: 20_000 });
      const again = await start(folder);
      expect(await ask(again, 'select answer from kept')).toEqual([{ answer: 7 }]);
      await again.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('takes a short socket folder when the path of the wanted one is too long', async () => {
    const server = await startEmbeddedPostgres({ ...optionsFor(home), socketDir: join(home, 'x'.repeat(100)) });
    running.push(server);
    expect(server.socketDir.length).toBeLessThan(90);
    expect(await ask(server, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await server.stop();
    rmSync(server.socketDir, { recursive: true });
  });
});

describe('a folder that cannot be used', () => {
  it('is named: no folder can be made there', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    await expect(start(file)).rejects.toMatchObject({
      code: 'DATABASE_FOLDER_UNWRITABLE',
      mend: expect.stringContaining('TALKIDE_HOME') as string,
    });
  });

  it('is left as it is: the cluster of another version', async () => {
    const folder = join(home, 'old');
    mkdirSync(join(folder, 'data/cluster'), { recursive: true });
    writeFileSync(join(folder, 'data/cluster/PG_VERSION'), '14\n');
    await expect(start(folder)).rejects.toMatchObject({ code: 'DATABASE_FOLDER_DAMAGED' });
    expect(readFileSync(join(folder, 'data/cluster/PG_VERSION'), 'utf8')).toBe('14\n');
  });

  it('is mended: a first start that was interrupted', async () => {
    const folder = join(home, 'interrupted');
    mkdirSync(join(folder, 'data/cluster.new/base'), { recursive: true });
    expect(await ask(await start(folder), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
