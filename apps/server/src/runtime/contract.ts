import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppStartFailed } from './errors.ts';
import type { AppSpec, Bind, JobSpec, Runtime } from './runtime.ts';

/** What the suite needs of an adapter: a runtime, how its jobs call Node, and a folder for files it can show them. */
export type RuntimeFactory = () => Promise<{ runtime: Runtime; node: string; dir: string; close(): Promise<void> }>;

const limits = { memoryMb: 256, pids: 64, seconds: 20 };
const manyLines = 20_000;
const okServer = `require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.SOCKET_PATH)`;

const get = (socketPath: string, path = '/') =>
  new Promise<string>((resolve, reject) => {
    request({ socketPath, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve(text));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });

/** Registers the tests every adapter of the runtime port passes; what must not be seen or reached where it `isolates`. */
export function runtimeContract(makeRuntime: RuntimeFactory, { isolates }: { isolates: boolean }): void {
  let runtime: Runtime;
  let node: string;
  let dir: string;
  let close = async () => {};

  beforeAll(async () => {
    ({ runtime, node, dir, close } = await makeRuntime());
  });
  afterAll(() => close());

  const job = (id: string, code: string, more: Partial<JobSpec> = {}): JobSpec => {
    return { id, kind: 'build', argv: [node, '-e', code], env: {}, cwd: '/tmp', binds: [], limits, ...more };
  };
  const app = async (id: string, code: string, more: Partial<AppSpec> = {}): Promise<AppSpec> => {
    const artefactDir = join(dir, id);
    await mkdir(artefactDir, { recursive: true });
    await writeFile(join(artefactDir, 'server.cjs'), code);
    const argv = [node, 'server.cjs'];
    const files = { socketDir: join(dir, 's', id), logFile: join(dir, 'logs', `${id}.log`) };
    return { id, artefactDir, argv, env: {}, limits, ...files, healthPath: '/', startTimeoutMs: 10_000, ...more };
  };

  test('is available and says how it bounds what it runs', () => {
    expect(runtime.status).toMatchObject({ status: 'available' });
  });

  test('a job that succeeds: its output is logged, passed on and kept', async () => {
    const logFile = join(dir, 'logs', 'ok.log');
    const passed: Buffer[] = [];
    const code = `process.stdin.pipe(process.stdout); console.error('to stderr')`;
    const more = { logFile, onOutput: (chunk: Buffer) => passed.push(chunk), stdin: 'from stdin\n' };
    const result = await runtime.run(job('ok', code, more));
    expect(result).toMatchObject({ exitCode: 0, signal: null, timedOut: false });
    expect(result.outputTail).toContain('from stdin');
    expect(result.outputTail).toContain('to stderr');
    expect(Buffer.concat(passed).toString()).toBe(result.outputTail);
    expect(await readFile(logFile, 'utf8')).toBe(result.outputTail);
  });

  test('a job that fails is a result with its code', async () => {
    const result = await runtime.run(job('fails', `console.log('why'); process.exit(3)`));
    expect(result).toMatchObject({ exitCode: 3, timedOut: false, outputTail: 'why\n' });
  });

  test('a job that takes too long is ended, with what it had said', async () => {
    const forever = job('slow', `console.log('begun'); setInterval(() => {}, 1000)`, {
      limits: { ...limits, seconds: 1 },
    });
    const result = await runtime.run(forever);
    expect(result).toMatchObject({ timedOut: true, exitCode: null, outputTail: 'begun\n' });
  });

  test('a job can be called off', async () => {
    const abort = new AbortController();
    const running = runtime.run(
      job('aborted', `console.log('begun'); setInterval(() => {}, 1000)`, {
        abort: abort.signal,
        onOutput: () => abort.abort(),
      }),
    );
    expect(await running).toMatchObject({ timedOut: false, exitCode: null });
  });

  test('output is bounded; the tail is the end of all of it', async () => {
    const logFile = join(dir, 'logs', 'much.log');
    let passed = 0;
    const count = (chunk: Buffer) => {
      passed += chunk.length;
    };
    const code = `for (let i = 0; i < ${manyLines}; i++) console.log('line ' + i)`;
    const result = await runtime.run(job('much', code, { logFile, maxOutputBytes: 1_000, onOutput: count }));
    expect(passed).toBe(1_000);
    expect((await readFile(logFile)).length).toBeLessThan(1_100);
    expect(result.outputTail).toMatch(new RegExp(`line ${manyLines - 1}\n$`));
    expect(result.outputTail.length).toBeLessThanOrEqual(16 * 1024);
  });

  test('a job sees its own folder', async () => {
    const mine = join(dir, 'own');
    await mkdir(mine);
    await writeFile(join(mine, 'note.txt'), 'private');
    const code = `
      const fs = require('node:fs');
      console.log(fs.readFileSync('/workspace/note.txt', 'utf8'));
      fs.writeFileSync(process.env.INTO, 'written in ' + process.env.HOME.length)`;
    const binds: Bind[] = [{ from: mine, to: '/workspace', mode: 'rw' }];
    const more = { binds, cwd: '/workspace', env: { INTO: '/workspace/new.txt', HOME: '/tmp' } };
    expect((await runtime.run(job('own', code, more))).outputTail).toBe('private\n');
    expect(await readFile(join(mine, 'new.txt'), 'utf8')).toMatch(/^written in \d+$/);
  });

  test('an app becomes healthy and answers on its socket', async () => {
    const process = await runtime.startApp(await app('ok-app', okServer));
    expect(await get(process.socketPath)).toBe('ok');
    expect(await process.stats()).toMatchObject({ pids: expect.any(Number), memoryBytes: expect.any(Number) });
    await process.stop(1_000);
    expect(await process.stats()).toBeNull();
  });

  test('a Node app that listens on PORT is reached as well', async () => {
    const code = `require('node:http').createServer((q, r) => r.end('by port')).listen(+process.env.PORT, '0.0.0.0')`;
    const process = await runtime.startApp(await app('port-app', code));
    expect(await get(process.socketPath)).toBe('by port');
    await process.stop(1_000);
  });

  test('an app that never answers fails to start when its time is up', async () => {
    const spec = await app('mute', `console.log('thinking'); setInterval(() => {}, 1000)`, { startTimeoutMs: 3_000 });
    const failure = await runtime.startApp(spec).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppStartFailed);
    expect(failure).toMatchObject({ reason: 'timeout', logTail: 'thinking\n' });
  });

  test('an app that is unwell fails to start', async () => {
    const code = okServer.replace(`r.end('ok')`, `r.writeHead(500).end()`);
    const failure = await runtime.startApp(await app('unwell', code, { startTimeoutMs: 500 })).catch((error) => error);
    expect(failure).toMatchObject({ reason: 'timeout' });
  });

  test('an app that crashes at its start fails with the end of its log', async () => {
    const spec = await app('crash', `throw new Error('no such table: guests')`);
    const failure = await runtime.startApp(spec).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'APP_START_FAILED', reason: 'exited' });
    expect(failure).toHaveProperty('logTail', expect.stringContaining('no such table: guests'));
  });

  test('an app that crashes later says so', async () => {
    const code = `require('node:http').createServer((q, r) => {
      if (q.url === '/') return r.end('ok');
      console.log('last words');
      process.exit(7);
    }).listen(process.env.SOCKET_PATH)`;
    const process = await runtime.startApp(await app('later', code));
    await expect(get(process.socketPath, '/crash')).rejects.toThrow();
    expect(await process.exited).toMatchObject({ code: 7, logTail: 'last words\n' });
  });

  // Counts in the program and in a child of it, every few milliseconds.
  const counter = `
    const child = require('node:child_process').spawn(process.execPath,
      ['-e', 'let n = 0; setInterval(() => console.log(++n), 2)'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let [own, its] = [0, 0];
    setInterval(() => own++, 2);
    child.stdout.on('data', (text) => { its = Number(String(text).trim().split(/\\s+/).at(-1)) });
    process.on('SIGTERM', () => { console.log('heard'); process.exit(0) });
    require('node:http').createServer((q, r) => r.end(JSON.stringify([own, its]))).listen(process.env.SOCKET_PATH)`;
  const counts = async (socketPath: string) => JSON.parse(await get(socketPath)) as [number, number];
  const counting = (socketPath: string) =>
    expect.poll(async () => Math.min(...(await counts(socketPath))), { timeout: 15_000 }).toBeGreaterThan(5);

  test('a frozen app takes no processor time, nor do its children; thawed it goes on where it was', async () => {
    const process = await runtime.startApp(await app('frozen', counter));
    await counting(process.socketPath);
    process.freeze();
    const before = await process.stats();
    let answered = false;
    const answer = get(process.socketPath).finally(() => {
      answered = true;
    });
    // The same time would have been enough for another app to count far.
    const other = await runtime.startApp(await app('beside', counter));
    await counting(other.socketPath);
    expect(answered).toBe(false);
    expect((await process.stats())?.cpuMs).toBe(before?.cpuMs);
    expect((await process.stats())?.pids).toBe(before?.pids);
    process.thaw();
    expect(JSON.parse(await answer)).toHaveLength(2);
    await Promise.all([process.stop(10_000), other.stop(10_000)]);
    process.freeze();
    process.thaw();
  });

  test('a frozen app hears that it is to stop', async () => {
    const process = await runtime.startApp(await app('frozen-stop', counter));
    process.freeze();
    expect(await process.stop(15_000)).toMatchObject({ code: 0, logTail: 'heard\n' });
  });

  test('what an app prints of its secrets stands neither in its log nor in what is told of its end', async () => {
    const code = `console.log('key ' + process.env.KEY); process.stderr.write('again ' + process.env.KEY); ${okServer}`;
    const spec = await app('secretive', code, { env: { KEY: 'never-to-be-seen' }, secrets: ['never-to-be-seen'] });
    const process = await runtime.startApp(spec);
    const { logTail } = await process.stop(15_000);
    const log = await readFile(spec.logFile, 'utf8');
    for (const text of [logTail, log]) {
      expect(text).toContain('key •••');
      expect(text).toContain('again •••');
      expect(text).not.toContain('never-to-be-seen');
    }
  });

  test('an app says until when it works though nobody uses it', async () => {
    const code = `${okServer}; require('node:fs').writeFileSync(require('node:path').dirname(process.env.SOCKET_PATH) + '/awake', '1790000000000')`;
    const process = await runtime.startApp(await app('works', code));
    expect(process.awakeUntil()).toBe(1_790_000_000_000);
    await process.stop(15_000);
    expect(process.awakeUntil()).toBe(0);
  });

  test('stop asks first and lets the app finish what it does', async () => {
    const code = `
      const http = require('node:http');
      const server = http.createServer((q, r) => r.end('ok')).listen(process.env.SOCKET_PATH);
      process.on('SIGTERM', () => server.close(() => { console.log('drained'); process.exit(0) }));`;
    const process = await runtime.startApp(await app('drains', code));
    expect(await process.stop(15_000)).toMatchObject({ code: 0, logTail: 'drained\n' });
  });

  test('stop ends an app that does not listen to it', async () => {
    const process = await runtime.startApp(await app('stubborn', `process.on('SIGTERM', () => {}); ${okServer}`));
    expect(await process.stop(100)).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  if (!isolates) return;

  test('a job sees its own folder and not that of another tenant', async () => {
    const [mine, theirs] = [join(dir, 'mine'), join(dir, 'theirs')];
    for (const tenant of [mine, theirs]) {
      await mkdir(tenant);
      await writeFile(join(tenant, 'note.txt'), 'private');
    }
    const code = `
      const fs = require('node:fs');
      console.log(fs.readFileSync('/workspace/note.txt', 'utf8'));
      for (const path of ['${theirs}/note.txt', '/workspace/../theirs/note.txt', '/proc/1/root${theirs}/note.txt'])
        try { fs.readFileSync(path); console.log('saw ' + path) } catch {}`;
    const binds: Bind[] = [{ from: mine, to: '/workspace', mode: 'rw' }];
    const result = await runtime.run(job('tenant', code, { binds }));
    expect(result.outputTail).toBe('private\n');
  });

  test('a job has no network', async () => {
    const code = `
      require('node:net').connect(80, '192.0.2.1')
        .on('connect', () => console.log('connected'))
        .on('error', (error) => console.log(error.code))`;
    expect((await runtime.run(job('network', code))).outputTail).toBe('ENETUNREACH\n');
  });
}
