import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loggedProcess } from './process.ts';

/** A program whose output goes into a log, from `later` on. */
async function logged(script: string, later: 'at once' | 'when it has ended') {
  const dir = mkdtempSync(join(tmpdir(), 'lp-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const child = spawn('/bin/sh', ['-c', script]);
  const exit = { code: 3, signal: null, outOfMemory: false };
  const exited = once(child, 'exit').then(() => exit);
  if (later === 'when it has ended') {
    child.stdout.resume();
    child.stderr.resume();
    await once(child, 'close');
  }
  const program = { signal: () => false, freeze: vi.fn(), thaw: vi.fn(), usage: async () => null };
  const logFile = join(dir, 'log');
  const cleanUp = vi.fn();
  const running = loggedProcess('a', { ...program, child, exited, kill: vi.fn() }, { logFile, secrets: [] }, cleanUp);
  return { running, cleanUp, log: () => readFileSync(logFile, 'utf8') };
}

test('both outputs are in the log before it is said to have ended', async () => {
  const { running, cleanUp, log } = await logged('(sleep 0.2; echo out; echo err >&2) & exit 3', 'at once');
  expect(await running.exited).toMatchObject({ code: 3, logTail: expect.stringContaining('out\n') });
  expect(log()).toContain('err\n');
  expect(cleanUp).toHaveBeenCalledOnce();
});

test('one whose rest cannot be cleaned up has ended, too', async () => {
  const { running, cleanUp } = await logged('true', 'at once');
  cleanUp.mockImplementation(() => {
    throw new Error('EACCES');
  });
  expect(await running.exited).toMatchObject({ code: 3 });
});

test('one that had ended already has ended', async () => {
  const { running, cleanUp } = await logged('echo out', 'when it has ended');
  expect(await running.exited).toEqual({ code: 3, signal: null, outOfMemory: false, logTail: '' });
  expect(cleanUp).toHaveBeenCalledOnce();
});
