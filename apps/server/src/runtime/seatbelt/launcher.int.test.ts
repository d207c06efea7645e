import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { launcherArgv } from './launcher.ts';

const limitsOf = (limits: Parameters<typeof launcherArgv>[0]) => {
  const [shell, ...rest] = launcherArgv(limits, ['/bin/sh', '-c', 'ulimit -c; ulimit -n; ulimit -f; ulimit -d']);
  return execFileSync(shell, rest, { encoding: 'utf8' }).trim().split('\n');
};

test('a command is bounded in its files and its data', () => {
  expect(limitsOf({ memoryMb: 256, pids: 64, fileSizeMb: 2 })).toEqual(['0', '8192', '4096', String(1_280 * 1_024)]);
  expect(limitsOf({ memoryMb: 256, pids: 64 })[2]).toBe('unlimited');
});

test('a limit that is lower already is no reason not to start', () => {
  const [shell, ...rest] = launcherArgv({ memoryMb: 256, pids: 64, fileSizeMb: 8 }, [
    '/bin/sh',
    '-c',
    'ulimit -n; ulimit -f',
  ]);
  const said = execFileSync(shell, ['-c', 'ulimit -n 100; ulimit -f 10; exec "$@"', 'low', shell, ...rest], {
    encoding: 'utf8',
  });
  expect(said.trim().split('\n')).toEqual(['100', '10']);
});

test('what is run gets its arguments as they are, and its exit is its own', () => {
  const [shell, ...rest] = launcherArgv({ memoryMb: 64, pids: 8 }, [
    '/bin/sh',
    '-c',
    'printf "%s|" "$@"; exit 7',
    'x',
    'a b',
    '$(c)',
    '',
  ]);
  const run = () => execFileSync(shell, rest, { encoding: 'utf8' });
  expect(run).toThrow(expect.objectContaining({ status: 7, stdout: 'a b|$(c)||' }));
});
