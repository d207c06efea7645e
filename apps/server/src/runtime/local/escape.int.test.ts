import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SandboxRefused } from '../errors.ts';
import type { Bind, JobSpec } from '../runtime.ts';
import { answersOk } from './health.ts';
import { seccompFilter } from './seccomp.ts';
import { blockedCalls, judgedCalls } from './syscalls.ts';
import { processesWith, type TestRuntime, testRuntime } from './testing.ts';

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

/** What bounds a sandbox, apart from the attempts that `escape-kinds.int.test.ts` makes in every kind. */
describe('bounds of a sandbox', () => {
  let on: TestRuntime;
  let mine: string;

  beforeAll(async () => {
    on = await testRuntime();
    mine = join(on.dir, 'mine');
    mkdirSync(mine);
  });
  afterAll(() => on.close());

  const limits = { memoryMb: 192, pids: 48, seconds: 20, fileSizeMb: 8 };
  const job = (id: string, argv: string[], more: Partial<JobSpec> = {}): JobSpec => {
    const binds: Bind[] = [{ from: mine, to: '/workspace', mode: 'rw' }];
    return { id, kind: 'build', argv, env: {}, cwd: '/workspace', binds, limits, ...more };
  };
  const node = (id: string, code: string) => on.runtime.run(job(id, ['node', '-e', code]));
  const shell = (id: string, script: string) => on.runtime.run(job(id, ['/bin/sh', '-c', script]));

  test('system calls that are refused', async () => {
    const at = process.arch === 'arm64' ? 1 : 0;
    const [vsock, packet, newUserNamespace] = [40, 17, 0x10000000];
    const refused = Object.entries(blockedCalls).flatMap(([name, numbers]) => [[name, numbers[at], 0, EPERM]]);
    const judged = [
      ['clone', judgedCalls.clone[at], newUserNamespace, EPERM],
      ['clone3', judgedCalls.clone3[at], 0, ENOSYS],
      ['vsock', judgedCalls.socket[at], vsock, EAFNOSUPPORT],
      ['packet', judgedCalls.socket[at], packet, EAFNOSUPPORT],
    ];
    const calls = [...refused.filter(([, nr]) => nr !== null), ...judged];
    const table = calls.map((call) => call.slice(0, 3).join(' ')).join('\n');
    // perl-base is part of Debian's essential packages, and the one interpreter there that makes raw system calls.
    const program = `while (<STDIN>) { my ($n, $nr, $a) = split; my $r = syscall($nr, $a+0, 0, 0, 0, 0); print "$n $r ", $!+0, "\\n"; }`;
    const result = await on.runtime.run({ ...job('raw', ['/usr/bin/perl', '-e', program]), stdin: table });
    const expected = calls.map(([name, , , errno]) => `${name} -1 ${errno}`);
    expect(result.outputTail.trim().split('\n')).toEqual(expected);
  });

  test('memory is bounded', async () => {
    const result = await node('memory', `const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1))`);
    expect(result.exitCode).not.toBe(0);
    expect(result.outOfMemory).toBe(true);
  });

  test('processes are bounded, and none outlives its sandbox', async () => {
    const marker = `93${process.pid}.5`;
    const script = `i=0; while [ $i -lt 200 ]; do sleep ${marker} & i=$((i+1)); done; echo all started`;
    const result = await shell('forks', script);
    expect(result.outputTail).not.toContain('all started');
    expect(processesWith(marker)).toEqual([]);
  });

  test('a single file is bounded, and so is /tmp', async () => {
    const big = await shell('big', 'dd if=/dev/zero of=/workspace/big bs=1M count=64; ls -l /workspace/big');
    expect(big.outputTail).toContain(String(limits.fileSizeMb * 1024 * 1024));
    const tmp = await shell(
      'tmp',
      'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do dd if=/dev/zero of=/tmp/$i bs=1M count=8 2>/dev/null; done; du -sm /tmp',
    );
    expect(Number.parseInt(tmp.outputTail, 10)).toBeLessThanOrEqual(limits.memoryMb / 2);
  });

  test('a folder swapped for a link to the host is refused', async () => {
    symlinkSync('/etc', join(mine, 'project'));
    const binds: Bind[] = [{ from: join(mine, 'project'), to: '/workspace', mode: 'rw' }];
    await expect(on.runtime.run({ ...job('swap', ['ls', '/workspace']), binds })).rejects.toBeInstanceOf(
      SandboxRefused,
    );
    const below: Bind[] = [{ from: join(mine, 'project', 'ssl'), to: '/workspace', mode: 'ro' }];
    await expect(on.runtime.run({ ...job('swap', ['ls', '/workspace']), binds: below })).rejects.toBeInstanceOf(
      SandboxRefused,
    );
  });

  test('an app that puts a link in place of its socket leads nobody elsewhere', async () => {
    const artefactDir = join(on.dir, 'linker');
    mkdirSync(artefactDir);
    const victim = join(on.dir, 'victim.sock');
    const other = createServer((_req, res) => res.end('other tenant'));
    other.listen(victim);
    await once(other, 'listening');
    const files = { artefactDir, socketDir: join(on.dir, 's', 'l'), logFile: join(on.dir, 'l.log') };
    const spec = {
      id: 'linker',
      argv: ['node', 'a.cjs'],
      env: {},
      limits,
      ...files,
      healthPath: '/',
      startTimeoutMs: 400,
    };

    writeFileSync(
      join(artefactDir, 'a.cjs'),
      `require('fs').symlinkSync('${victim}', process.env.SOCKET_PATH); setInterval(() => {}, 1000)`,
    );
    await expect(on.runtime.startApp(spec)).rejects.toMatchObject({ reason: 'timeout' });

    const swap = `const fs = require('fs'); const path = process.env.SOCKET_PATH;
      require('http').createServer((q, r) => { if (q.url === '/swap') { fs.unlinkSync(path); fs.symlinkSync('${victim}', path) } r.end('mine') }).listen(path)`;
    writeFileSync(join(artefactDir, 'a.cjs'), swap);
    const app = await on.runtime.startApp({ ...spec, startTimeoutMs: 10_000 });
    expect(await answersOk(app.socketPath, '/swap', 15_000)).toBe(true);
    other.close();
    other.closeAllConnections();
    expect(await answersOk(app.socketPath, '/', 15_000)).toBe(true);
    await app.stop(1_000);
  });

  test('an app cannot write its own code, and its environment is what it was given', async () => {
    const artefactDir = join(on.dir, 'app');
    mkdirSync(artefactDir);
    const code = `const fs = require('fs'); const found = Object.keys(process.env).sort().join();
      let wrote = 'no'; try { fs.writeFileSync('/app/x', ''); wrote = 'yes' } catch {}
      console.log(found, wrote); require('http').createServer((q, r) => r.end()).listen(process.env.SOCKET_PATH)`;
    writeFileSync(join(artefactDir, 'a.cjs'), code);
    const files = { artefactDir, socketDir: join(on.dir, 's', 'e'), logFile: join(on.dir, 'e.log') };
    const app = await on.runtime.startApp({
      id: 'env',
      argv: ['node', 'a.cjs'],
      env: { APP_NAME: 'x' },
      limits,
      ...files,
      healthPath: '/',
      startTimeoutMs: 10_000,
    });
    const { logTail } = await app.stop(1_000);
    expect(logTail.trim()).toBe('APP_NAME,HOME,HOST,LANG,NODE_ENV,NODE_OPTIONS,PATH,PORT,PWD,SOCKET_PATH,TZ no');
  });

  test('the filter is the one for this machine', () => {
    expect(seccompFilter('x64')).not.toEqual(seccompFilter('arm64'));
    const used = readFileSync(join(on.dir, 'state', 'sandbox', 'seccomp.bpf'));
    expect(used).toEqual(seccompFilter(process.arch === 'arm64' ? 'arm64' : 'x64'));
  });
});
