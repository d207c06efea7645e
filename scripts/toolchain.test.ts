import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loadStacks } from '../apps/server/src/projects/stacks/loader.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** Runs a piece of the scripts as a process of its own, as npm start does; they are plain JavaScript. */
const script = async (code: string) => {
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], {
    cwd: join(root, 'scripts'),
  }).catch((error: { stdout: string; stderr: string }) => error);
  return { stdout: stdout.trim(), stderr };
};

test('dependencies are installed where the platform looks for them', async () => {
  const { all } = await loadStacks(join(root, 'stacks'));
  for (const stack of all) {
    const lockfile = join(stack.templateDir, 'package-lock.json');
    const { stdout } = await script(`
      import { readFile } from 'node:fs/promises';
      import { dependenciesKey } from './toolchain.mjs';
      console.log(dependenciesKey(await readFile(${JSON.stringify(lockfile)})));`);
    expect(stdout).toBe(stack.dependenciesKey);
  }
});

test('the Node that is fetched is one that the project accepts', async () => {
  const source = await readFile(join(root, 'scripts', 'toolchain.mjs'), 'utf8');
  const fetched = /NODE_VERSION = '(\d+)\.(\d+)\.\d+'/.exec(source)?.slice(1).map(Number) ?? [];
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const needed = /^>=(\d+)\.(\d+)$/.exec(engines.node)?.slice(1).map(Number) ?? [];
  expect(/NODE_NEEDED = \[(\d+), (\d+)\]/.exec(source)?.slice(1).map(Number)).toEqual(needed);
  expect(fetched[0]).toBe(needed[0]);
  expect(fetched[1]).toBeGreaterThanOrEqual(needed[1] ?? Number.NaN);
});

test('a step that is quick says nothing, a slow one its name', async () => {
  const slow = await script(`
    import { step } from './progress.mjs';
    await step('Quick', async () => {});
    await step('Slow', () => new Promise((done) => { const timer = setInterval(() => {
      if (process.stderr.bytesWritten > 0 || performance.now() > 10_000) { clearInterval(timer); done(); } }, 10); }));`);
  expect(slow.stderr).not.toContain('Quick');
  expect(slow.stderr).toMatch(/^Slow …\nSlow: \d+ s\n$/);
});

test('a failure that is a sentence is shown as it is, another with its stack', async () => {
  const failWith = (error: string) => script(`import { fail, Sentence } from './progress.mjs'; fail(${error});`);
  expect((await failWith(`new Sentence('Do this.')`)).stderr).toBe('\nDo this.\n');
  expect((await failWith(`new Error('ours')`)).stderr).toContain('at file:');
});

test('a command that fails tells what it was and the end of what it said', async () => {
  const { stdout } = await script(`
    import { run } from './processes.mjs';
    await run('sh', ['-c', 'echo first; echo last >&2; exit 3']).catch((error) => console.log(error.message));
    await run('no-such-program', []).catch((error) => console.log(error.message));`);
  expect(stdout).toMatch(/ended with code 3:\nfirst\nlast/);
  expect(stdout).toContain('no-such-program cannot be started');
});

test('on a Mac nothing is installed: what is missing is named', async () => {
  // No xcode-select is here, as on a Mac without the tools; an apt-get would be found.
  const { stdout, stderr } = await script(`
    import { ensureSandboxTools } from './toolchain.mjs';
    await ensureSandboxTools('darwin');
    await ensureSandboxTools('freebsd');
    console.log('went on');`);
  expect(stdout).toBe('went on');
  expect(stderr).toBe('Keeping versions of projects needs git. Install it with: xcode-select --install\n');
});
