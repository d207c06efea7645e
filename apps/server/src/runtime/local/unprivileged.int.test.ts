import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const nobody = 65_534;
let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'up-')));
  chmodSync(dir, 0o777);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a program with a runtime, as an ordinary user when the tests run as root. */
async function asUser(body: string): Promise<unknown> {
  const options = { homeId: `user-${process.pid}`, stateDir: join(dir, 'state'), secretFile: join(dir, 'secret') };
  writeFileSync(join(dir, 'secret'), '');
  const more = { bwrap: '/usr/bin/bwrap', node: process.execPath, arch: process.arch };
  const program = `
    import { createLocalRuntime } from ${JSON.stringify(new URL('./local-runtime.ts', import.meta.url).href)};
    const runtime = await createLocalRuntime(${JSON.stringify({ ...options, ...more })});
    const job = (id, code) => runtime.run({ id, kind: 'build', argv: ['node', '-e', code], env: {}, cwd: '/tmp', binds: [], limits: { memoryMb: 64, pids: 16, seconds: 20 } });
    ${body}
    await runtime.close();`;
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const done = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    ...user,
    cwd: dir,
    env: {},
  });
  return JSON.parse(done.stdout);
}

test('an ordinary user can run sandboxes, with the limits there are', async () => {
  const result = await asUser(`
    const ok = await job('ok', 'console.log(process.getuid())');
    console.log(JSON.stringify([runtime.status, ok.outputTail]));`);
  const status = { status: 'available', limits: expect.stringMatching(/^(rlimit|cgroup-v[12])$/), grade: 'production' };
  expect(result).toEqual([status, '1000\n']);
});

test('memory is bounded for an ordinary user too', async () => {
  const result = await asUser(`
    const big = await job('big', 'const all = []; for (let i = 0; i < 400; i++) all.push(Buffer.alloc(8 << 20, 1)); console.log("all")');
    console.log(JSON.stringify(big));`);
  expect(result).toMatchObject({ outputTail: expect.not.stringContaining('all\n'), timedOut: false });
  expect(result).not.toMatchObject({ exitCode: 0 });
});
