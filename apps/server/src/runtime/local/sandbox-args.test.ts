import { expect, test } from 'vitest';
import { launcherArgv } from './launcher.ts';
import type { RootLayout } from './root-layout.ts';
import { sandboxArgs } from './sandbox-args.ts';
import type { SandboxSpec } from './spec.ts';

const layout: RootLayout = {
  bwrap: '/usr/bin/bwrap',
  bindsByFd: true,
  mounts: [
    { type: 'ro-bind', from: '/usr', to: '/usr' },
    { type: 'symlink', from: 'usr/lib', to: '/lib' },
  ],
  hiddenProc: [
    { path: '/proc/keys', type: 'file' },
    { path: '/proc/scsi', type: 'dir' },
  ],
  seccompFile: '/s/seccomp.bpf',
};
const spec: SandboxSpec = {
  kind: 'build',
  argv: ['node', 'build.mjs'],
  env: { NAME: 'a b; $(c)' },
  cwd: '/workspace',
  binds: [
    { from: '/home/x/tree', to: '/workspace', mode: 'rw' },
    { from: '/deps', to: '/opt/deps', mode: 'ro' },
  ],
  limits: { memoryMb: 512, pids: 64 },
};

test('the options of a sandbox, whole', () => {
  const args = sandboxArgs(spec, layout, { seccomp: 4, binds: [5, 6] });
  expect(args.join(' ')).toBe(
    [
      '--unshare-all --unshare-user --uid 1000 --gid 1000 --hostname build',
      '--die-with-parent --new-session --cap-drop ALL --clearenv',
      '--ro-bind /usr /usr --symlink usr/lib /lib --proc /proc',
      '--ro-bind /dev/null /proc/keys --tmpfs /proc/scsi --remount-ro /proc/scsi',
      '--dev /dev --perms 1777 --size 268435456 --tmpfs /dev/shm --perms 1777 --size 268435456 --tmpfs /tmp',
      '--bind-fd 5 /workspace --ro-bind-fd 6 /opt/deps',
      '--setenv PATH /opt/node/bin:/usr/bin:/bin --setenv HOME /tmp --setenv TZ UTC --setenv LANG C.UTF-8',
      '--setenv NAME a b; $(c)',
      '--remount-ro /proc --remount-ro /dev --remount-ro / --chdir /workspace --seccomp 4',
    ].join(' '),
  );
});

test('the network of the host is shared only where that is said', () => {
  const fds = { seccomp: 4, binds: [5, 6] };
  const shared = sandboxArgs({ ...spec, network: 'host' }, layout, fds);
  expect(shared.slice(0, 2)).toEqual(['--unshare-all', '--share-net']);
  expect(shared.toSpliced(1, 1)).toEqual(sandboxArgs(spec, layout, fds));
});

test('an older bubblewrap binds by path', () => {
  const args = sandboxArgs(spec, layout, { seccomp: 4, binds: null });
  expect(args.join(' ')).toContain('--bind /home/x/tree /workspace --ro-bind /deps /opt/deps');
});

test('what the caller sets wins over the defaults', () => {
  const args = sandboxArgs({ ...spec, env: { HOME: '/home/mara' } }, layout, { seccomp: 4, binds: null });
  expect(args.join(' ')).toContain('--setenv HOME /home/mara');
  expect(args.join(' ')).not.toContain('--setenv HOME /tmp');
});

test('with cgroups the launcher joins them; without, the limits are of the process', () => {
  const limits = { memoryMb: 256, pids: 64, fileSizeMb: 8 };
  const launching = { limits, join: [], outlives: false, nested: false };
  const joined = launcherArgv({ ...launching, join: ['/cg/memory/x/cgroup.procs'] }, ['bwrap', '--', 'node']);
  expect(joined.slice(joined.indexOf('talkide'))).toEqual([
    'talkide',
    '8192',
    '16384',
    '-',
    '-',
    '/cg/memory/x/cgroup.procs',
    '--',
    'bwrap',
    '--',
    'node',
  ]);
  const alone = launcherArgv(launching, ['bwrap']);
  expect(alone.slice(alone.indexOf('talkide'))).toEqual([
    'talkide',
    '8192',
    '16384',
    String(1_280 * 1_024),
    '576',
    '--',
    'bwrap',
  ]);
});
