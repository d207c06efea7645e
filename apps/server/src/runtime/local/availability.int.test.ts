import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RuntimeUnavailable } from '../errors.ts';
import { testRuntime } from './testing.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bw-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A bubblewrap that behaves differently: `script` sees its arguments. */
function otherBwrap(script: string): string {
  const file = join(dir, 'bwrap');
  writeFileSync(file, `#!/bin/sh\n[ "$1" = --help ] && exec /usr/bin/bwrap --help\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const job = {
  id: 'x',
  kind: 'build',
  argv: ['true'],
  env: {},
  cwd: '/tmp',
  binds: [],
  limits: { memoryMb: 64, pids: 8 },
} as const;

test('a sandbox that holds is available', async () => {
  const on = await testRuntime();
  expect(on.runtime.status).toMatchObject({ status: 'available' });
  await on.close();
});

test('without bubblewrap: what to install, and everything is refused', async () => {
  const on = await testRuntime({ bwrap: join(dir, 'missing') });
  expect(on.runtime.status).toMatchObject({ status: 'unavailable', mend: expect.stringContaining('bubblewrap') });
  await expect(on.runtime.run(job)).rejects.toBeInstanceOf(RuntimeUnavailable);
  await on.close();
});

test('a machine of another architecture', async () => {
  const on = await testRuntime({ arch: 'riscv64' });
  expect(on.runtime.status).toMatchObject({ status: 'unavailable', reason: expect.stringContaining('riscv64') });
  await on.close();
});

test('user namespaces that are forbidden: how to allow them', async () => {
  const bwrap = otherBwrap(`echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1`);
  const on = await testRuntime({ bwrap });
  expect(on.runtime.status).toMatchObject({
    status: 'unavailable',
    reason: expect.stringContaining('setting up uid map'),
    mend: expect.stringContaining('namespaces'),
  });
  await on.close();
});

test('a sandbox that may be given the network of the host holds in all else', async () => {
  const on = await testRuntime({ hostNetwork: true });
  expect(on.runtime.status).toMatchObject({ status: 'available' });
  await on.close();
  const broken = await testRuntime({ hostNetwork: true, bwrap: otherBwrap(afterArgs('--tmpfs /dev')) });
  expect(broken.runtime.status).toMatchObject({ status: 'unavailable' });
  await broken.close();
});

// Real breaches, made with a real bubblewrap: options that come later win. `$@` is --args 3 -- command.
const afterArgs = (more: string) => `shift 2; exec /usr/bin/bwrap --args 3 ${more} "$@"`;

test.each([
  ['the network of the host', afterArgs('--share-net'), 'find a route to the network'],
  ['a writable folder', afterArgs('--tmpfs /dev'), 'write outside its folders'],
  ['the home of the platform', afterArgs('--ro-bind /tmp /tmp'), 'list the folder of the platform'],
  ['a key', afterArgs('--setenv TALKIDE_SECRET_KEY x'), 'read a key of the platform in /proc'],
  ['the socket of a database', afterArgs('--ro-bind /dev/null /tmp/.s.PGSQL.5432'), 'find a socket of the database'],
  ['the processes of the host', afterArgs('--bind /proc /proc'), 'see processes of the host'],
])('a sandbox that shows %s is caught', async (_what, script, breach) => {
  const on = await testRuntime({ bwrap: otherBwrap(script) });
  expect(on.runtime.status).toMatchObject({ status: 'unavailable', reason: expect.stringContaining(breach) });
  await on.close();
});

test('a filter that lets processes be traced is caught', async () => {
  // Drops the filter's descriptor: bubblewrap takes its options from the file of --args, so they are rewritten.
  const script = `f=$(mktemp ${dir}/args.XXXXXX); tr '\\0' '\\n' <&3 | sed '/^--seccomp$/,+1d' | tr '\\n' '\\0' > "$f"; exec 3<"$f"; exec /usr/bin/bwrap "$@"`;
  const on = await testRuntime({ bwrap: otherBwrap(script) });
  expect(on.runtime.status).toMatchObject({
    status: 'unavailable',
    reason: expect.stringContaining('trace a process'),
  });
  await on.close();
});
