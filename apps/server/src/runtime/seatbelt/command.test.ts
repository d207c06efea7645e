import { expect, test } from 'vitest';
import { appSandbox } from '../local/app-sandbox.ts';
import { workerSandbox } from '../local/worker-process.ts';
import type { AppSpec } from '../runtime.ts';
import { commandOf } from './command.ts';

const home = '/Users/jana/.talkide';
const sockets = '/private/tmp/talkide-1';
const host = {
  sandboxExec: '/usr/bin/sandbox-exec',
  node: '/Users/jana/talkide/.toolchain/bin/node',
  path: ['/usr/bin', '/bin'],
  stateDir: `${home}/run`,
};
const tempDir = `${sockets}/t/x1`;
const limits = { memoryMb: 256, pids: 64 };

const app: AppSpec = {
  ...{ id: 'a1', artefactDir: `${home}/artefacts/sha`, argv: ['node', 'server/main.js'], limits },
  env: { DATABASE_URL: 'postgresql://app:pw@localhost/d?host=%2Frun%2Fpostgresql', NODE_ENV: 'production' },
  ...{ socketDir: `${sockets}/a1`, logFile: `${home}/log`, cacheDir: `${home}/caches/p1` },
  ...{ postgresSocketDir: `${home}/pg`, egressDir: `${sockets}/egress/a1`, uploadsDir: `${sockets}/uploads/a1` },
  ...{ healthPath: '/', startTimeoutMs: 1_000 },
};
const rulesFor = (profile: string, path: string) =>
  profile
    .split(/\n(?=\()/)
    .flatMap((rule) => (rule.includes(JSON.stringify(path)) ? [/^\((\w+ [\w*-]+)/.exec(rule)?.[1]] : []));

test('an application: its files, its socket, the database and its way out, and no secret on the command line', () => {
  const { argv, env, cwd } = commandOf(host, appSandbox(app, `${sockets}/a1/in`), {
    tempDir,
    port: { port: 4321, use: 'outlet' },
  });
  const [program, option, profile = '', ...command] = argv;
  expect([program, option, ...command]).toEqual(['/usr/bin/sandbox-exec', '-p', 'node', 'server/main.js']);
  expect(cwd).toBe(`${home}/artefacts/sha`);
  expect(env).toMatchObject({
    ...{ PATH: '/Users/jana/talkide/.toolchain/bin:/usr/bin:/bin', HOME: tempDir, TMPDIR: tempDir, TZ: 'UTC' },
    DATABASE_URL: `postgresql://app:pw@localhost/d?host=${encodeURIComponent(`${home}/pg`)}`,
    ...{ SOCKET_PATH: `${sockets}/a1/in/http.sock`, UPLOADS_SOCKET: `${sockets}/uploads/a1/uploads.sock` },
    ...{ NODE_COMPILE_CACHE: `${home}/caches/p1`, EGRESS_PORT: '4321' },
  });
  for (const preload of ['listen.cjs', 'egress.cjs'])
    expect(env.NODE_OPTIONS).toMatch(new RegExp(`--require "?/\\S+/preload/${preload}`));
  expect(argv.join(' ')).not.toContain('pw');
  const [read, write, connect] = ['allow file-read*', 'allow file-write*', 'allow network-outbound'];
  expect(rulesFor(profile, `${home}/artefacts/sha`)).toEqual([read]);
  expect(rulesFor(profile, `${home}/caches/p1`)).toEqual(expect.arrayContaining([read, write]));
  for (const folder of [`${home}/pg`, `${sockets}/uploads/a1`]) {
    expect(rulesFor(profile, folder)).toContain(connect);
    expect(rulesFor(profile, folder)).not.toContain(write);
  }
  expect(profile).toContain('(allow network-outbound (remote ip "localhost:4321"))');
  expect(rulesFor(profile, home)).not.toContain(read);
});

test('a build: its folder and the packages, no socket and no network', () => {
  const binds = [
    { from: `${home}/builds/b1`, to: '/build', mode: 'rw' },
    { from: '/Users/jana/talkide/.toolchain/dependencies', to: '/opt/deps', mode: 'ro' },
  ] as const;
  const env = { NODE_COMPILE_CACHE: '/opt/deps/k/compile-cache' };
  const build = { kind: 'build', argv: ['node', 'build.mjs'], env, cwd: '/build', binds, limits } as const;
  const said = commandOf(host, build, { tempDir, port: null });
  expect(said.cwd).toBe(`${home}/builds/b1`);
  expect(said.env.NODE_COMPILE_CACHE).toBe('/Users/jana/talkide/.toolchain/dependencies/k/compile-cache');
  expect(said.env).not.toHaveProperty('EGRESS_PORT');
  const network = said.argv[2]?.split('\n').filter((line) => line.startsWith('(allow network'));
  expect(network?.every((line) => line.includes(JSON.stringify(tempDir)))).toBe(true);
});

test('a worker: its program where it is, its trees, its control socket and one port', () => {
  const spec = {
    ...{
      id: 'w1',
      repositoryDir: '/Users/jana/talkide',
      entry: 'apps/worker/src/main.ts',
      env: { TALKIDE_WORKER_TOKEN: 'tk' },
    },
    ...{
      limits,
      homeDir: `${home}/environments/1/home`,
      controlDir: `${sockets}/control`,
      depsDir: '/Users/jana/deps',
    },
    ...{ packagesDir: `${home}/environments/1/packages`, logFile: `${home}/log` },
    workspaces: [{ from: `${home}/environments/1/trees`, to: '/workspace', mode: 'rw' }] as const,
  };
  const { argv, env, cwd } = commandOf(host, workerSandbox(spec), { tempDir, port: { port: 4322, use: 'worker' } });
  expect(argv.slice(3)).toEqual([host.node, '/Users/jana/talkide/apps/worker/src/main.ts']);
  expect(cwd).toBe(`${home}/environments/1/home`);
  expect(env).toMatchObject({
    ...{ HOME: cwd, TMPDIR: tempDir, TALKIDE_WORKSPACE: `${home}/environments/1/trees`, TALKIDE_WORKER_TOKEN: 'tk' },
    ...{ TALKIDE_CONTROL_SOCKET: `${sockets}/control/control.sock`, TALKIDE_WORKER_RELAY_PORT: '4322' },
  });
  const profile = argv[2] ?? '';
  for (const part of ['apps/worker', 'packages', 'node_modules', 'package.json'])
    expect(rulesFor(profile, `/Users/jana/talkide/${part}`)).toContain('allow file-read*');
  for (const hidden of ['/Users/jana/talkide', '/Users/jana/talkide/apps/server'])
    expect(rulesFor(profile, hidden)).not.toContain('allow file-read*');
  expect(rulesFor(profile, `${sockets}/control`)).toContain('allow network-outbound');
});
