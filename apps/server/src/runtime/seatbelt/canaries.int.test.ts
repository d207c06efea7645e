import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RuntimeUnavailable } from '../errors.ts';
import { runCanaries } from './canaries.ts';
import { sandboxExec, seatbeltRuntime, unjudged } from './testing/runtime.ts';

const job = {
  id: 'x',
  kind: 'build',
  ...{ argv: ['true'], env: {}, cwd: '/tmp', binds: [] },
  limits: { memoryMb: 64, pids: 8 },
} as const;

const judged = async (more: Parameters<typeof seatbeltRuntime>[0] = {}, program = sandboxExec) => {
  const on = await seatbeltRuntime(more, { sandboxExec: program, judge: runCanaries });
  onTestFinished(on.close);
  return on;
};

test('a sandbox that isolates nothing is found out, and everything is refused', async () => {
  const { runtime, dir } = await judged();
  expect(runtime.status).toMatchObject({ status: 'unavailable', mend: expect.stringContaining('Linux') });
  const { reason } = runtime.status as { reason: string };
  for (const breach of [
    'read a secret file of the host',
    "list the folder of the platform, where every tenant's tree is",
    'read the folder of another tenant',
    'read it through a link',
    'list the homes of people',
    'list temporary files of others',
    'write outside its folders',
    'change what it is shown',
    'reach a port of the host',
    'reach the address of metadata',
    'listen on a port of the host',
    'signal a process of the host',
  ])
    expect(reason).toContain(breach);
  await expect(runtime.run(job)).rejects.toBeInstanceOf(RuntimeUnavailable);
  expect(existsSync(join(dir, 'state', 'canary'))).toBe(false);
});

test('also where workers are given the network of the host, which takes nothing else back', async () => {
  const { runtime } = await judged({ hostNetwork: true });
  expect(runtime.status).toMatchObject({ status: 'unavailable' });
});

test('keys in the environment of the platform are found where they can be read', async () => {
  process.env.TALKIDE_SECRET_KEY_CANARY = 'x';
  onTestFinished(() => void delete process.env.TALKIDE_SECRET_KEY_CANARY);
  const dir = mkdtempSync('/var/tmp/sbc-');
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const program = join(dir, 'leaks');
  writeFileSync(program, `#!/bin/sh\nshift 2; TALKIDE_SECRET_KEY=x exec "$@"\n`);
  chmodSync(program, 0o755);
  const { runtime } = await judged({}, program);
  expect(runtime.status).toMatchObject({ reason: expect.stringContaining('read a key of the platform') });
});

test('a sandbox that does not start is no sandbox', async () => {
  const { runtime } = await judged({}, '/bin/false');
  expect(runtime.status).toMatchObject({
    status: 'unavailable',
    reason: 'The sandbox did not work: exit 1',
    mend: expect.stringContaining('sandbox-exec'),
  });
});

test('one that says nothing of what it tried is none either', async () => {
  const { runtime } = await judged({}, '/bin/true');
  expect(runtime.status).toMatchObject({ status: 'unavailable' });
});

test('without Seatbelt: what is missing', async () => {
  const { runtime, close } = await seatbeltRuntime({}, { ...unjudged, sandboxExec: '/usr/bin/sandbox-exec' });
  onTestFinished(close);
  expect(runtime.status).toMatchObject({
    status: 'unavailable',
    reason: 'Seatbelt, the sandbox of macOS, is not at /usr/bin/sandbox-exec.',
  });
});
