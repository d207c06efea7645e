import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commandLine, machineMark, startMark } from './process-info.ts';

async function sleeper(): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['600']) as ChildProcess & { pid: number };
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

// `ps` is what macOS has; here both are there.
test.each([
  ['/proc', true],
  ['ps', false],
])('a process is known by its command line and its start, from %s', async (_from, fromProc) => {
  const child = await sleeper();
  await vi.waitFor(() => expect(commandLine(child.pid, fromProc)?.trim()).toBe('sleep 600'));
  const mark = startMark(child.pid, fromProc);
  expect(mark).toBeTruthy();
  expect(startMark(child.pid, fromProc)).toBe(mark);
  expect(startMark(1, fromProc)).not.toBe(mark);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect([commandLine(child.pid, fromProc), startMark(child.pid, fromProc)]).toEqual([undefined, undefined]);
});

test.each([
  ['/proc', true],
  ['ps', false],
])('a zombie is no process, from %s', async (_from, fromProc) => {
  // The shell's child ends, and the shell, which has become another program, never asks how.
  const child = spawn('/bin/sh', ['-c', 'true & echo $!; exec sleep 600']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [pid] = (await once(child.stdout, 'data')) as [Buffer];
  await vi.waitFor(() => expect(startMark(Number(String(pid)), fromProc)).toBeUndefined());
});

test.each([
  ['/proc', true],
  ['its name', false],
])('a machine is known again, from %s', (_from, fromProc) => {
  expect(machineMark(fromProc).length).toBeGreaterThan(0);
  expect(machineMark(fromProc)).toBe(machineMark(fromProc));
});
