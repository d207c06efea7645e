import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Attempt } from './escape-attempts.ts';
import { type Verdicts, verdictsOf, writeAttempts } from './escape-written.ts';
import { type RootLayout, readRootLayout } from './root-layout.ts';
import { defaultEnv } from './sandbox-args.ts';

const nobody = 65_534;
const house = '/house';
const words = { SECRET: `${house}/secret`, OTHER: `${house}/other`, STATE: house };

/**
 * Bubblewrap without a wall: all capabilities, no filter, a root, devices and a network that can be written. Of the host
 * it holds what a sandbox does, for reading; files of `dir` stand in for what only the host itself has.
 */
function loosenedArgs(layout: RootLayout, dir: string): string[] {
  const file = (name: string) => join(dir, name);
  return [
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net'],
    ...['--uid', '0', '--gid', '0', '--cap-add', 'ALL', '--die-with-parent'],
    ...layout.mounts.flatMap((mount) => [`--${mount.type}`, mount.from, mount.to]),
    ...['--ro-bind', '/sys', '/sys', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...['--bind', file('house'), house, '--bind', file('house'), '/workspace'],
    ...['--ro-bind', file('kept'), '/etc/shadow', '--ro-bind', file('kept'), '/proc/kmsg'],
    ...['--ro-bind', file('resolv.conf'), '/etc/resolv.conf', '--bind', file('written'), '/dev/kvm'],
    ...['--bind', file('written'), '/proc/sys/kernel/core_pattern', '--chdir', '/tmp'],
  ];
}

/** What the attempts look for, readable by everyone; the folder is to be removed. */
function built(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'lo-')));
  mkdirSync(join(dir, 'house', 'other'), { recursive: true });
  writeFileSync(join(dir, 'house', 'secret'), 'never seen');
  writeFileSync(join(dir, 'house', 'other', 'data.txt'), 'other tenant');
  writeFileSync(join(dir, 'kept'), 'kept by the host');
  writeFileSync(join(dir, 'written'), '');
  writeFileSync(join(dir, 'resolv.conf'), 'nameserver 192.0.2.1\n');
  return dir;
}

/**
 * Makes attempts in a loosened sandbox, as an ordinary user when the tests run as root: so they can do no more to the host
 * than that one. Each runs by the command `by`, so that what it does is not in the way of the next.
 */
export async function inLoosened(chosen: Attempt[], by: string[]): Promise<Verdicts> {
  const dir = built();
  try {
    const layout = await readRootLayout({
      bwrap: '/usr/bin/bwrap',
      node: process.execPath,
      stateDir: dir,
      arch: process.arch === 'arm64' ? 'arm64' : 'x64',
    });
    writeAttempts(join(dir, 'house'), chosen, words);
    copyFileSync(new URL('./escape-house.cjs', import.meta.url), join(dir, 'house', 'begin.cjs'));
    execFileSync('chmod', ['-R', 'a+rwX', dir]);
    const program = ['node', `${house}/begin.cjs`, `${house}/attempts.json`, '/tmp', ...by];
    const inherited = openSync(join(dir, 'kept'), 'r');
    const sandbox = spawn(layout.bwrap, [...loosenedArgs(layout, dir), '--', ...program], {
      ...(process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}),
      ...{ cwd: '/', env: defaultEnv, stdio: ['ignore', 'pipe', 'inherit', inherited] },
    });
    closeSync(inherited);
    return verdictsOf(await text(sandbox.stdout as NodeJS.ReadableStream));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
