import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RuntimeUnavailable } from './errors.ts';
import { createMachineRuntime } from './machine-runtime.ts';

const nowhere = join(tmpdir(), 'no-home');
const options = {
  ...{ homeId: 'x', stateDir: nowhere, tempRoot: nowhere, secretFile: nowhere },
  ...{ bwrap: '/usr/bin/bwrap', node: process.execPath, arch: process.arch },
};

test.each([
  ['win32', 'Windows'],
  ['freebsd', 'FreeBSD'],
  ['sunos', 'sunos'],
] as const)('on %s nothing is run, and the system is named', async (system, name) => {
  const runtime = await createMachineRuntime(options, system);
  expect(runtime.status).toMatchObject({
    status: 'unavailable',
    reason: expect.stringContaining(`no sandbox for ${name},`),
    mend: expect.stringContaining('Linux'),
  });
  const job = {
    id: 'x',
    kind: 'git',
    argv: ['true'],
    env: {},
    cwd: '/',
    binds: [],
    limits: { memoryMb: 1, pids: 1 },
  } as const;
  await expect(runtime.run(job)).rejects.toBeInstanceOf(RuntimeUnavailable);
  await runtime.close();
});
