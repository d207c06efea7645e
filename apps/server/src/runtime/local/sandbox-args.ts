import { inside } from '../inside.ts';
import type { RootLayout } from './root-layout.ts';
import type { SandboxSpec } from './spec.ts';

/** Descriptors the launcher hands to bubblewrap: the filter, and one per bind of the spec (none: bind by path). */
export type SandboxFds = { seccomp: number; binds: number[] | null };

const mb = 1024 * 1024;
// Without TZ or /etc/localtime, ICU reads all of /usr/share/zoneinfo at the first date: 35 ms of a Node app's start.
/** Of every program in a sandbox, where it is not told otherwise. */
export const defaultEnv = { PATH: inside.path, HOME: '/tmp', TZ: 'UTC', LANG: 'C.UTF-8' };

function bindArgs(spec: SandboxSpec, fds: SandboxFds): string[] {
  return spec.binds.flatMap((bind, i) => {
    const option = bind.mode === 'rw' ? '--bind' : '--ro-bind';
    const fd = fds.binds?.[i];
    return fd === undefined ? [option, bind.from, bind.to] : [`${option}-fd`, String(fd), bind.to];
  });
}

function rootArgs(layout: RootLayout, tmpBytes: string): string[] {
  return [
    ...layout.mounts.flatMap((mount) => [`--${mount.type}`, mount.from, mount.to]),
    ...['--proc', '/proc'],
    ...layout.hiddenProc.flatMap(({ path, type }) =>
      type === 'dir' ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path],
    ),
    ...['--dev', '/dev', '--perms', '1777', '--size', tmpBytes, '--tmpfs', '/dev/shm'],
    ...['--perms', '1777', '--size', tmpBytes, '--tmpfs', '/tmp'],
  ];
}

/** The options of bubblewrap for a sandbox, without its command; they reach it by descriptor, never on a command line. */
export function sandboxArgs(spec: SandboxSpec, layout: RootLayout, fds: SandboxFds): string[] {
  const tmpBytes = String(Math.max(16, Math.floor(spec.limits.memoryMb / 2)) * mb);
  return [
    ...[
      '--unshare-all',
      ...(spec.network === 'host' ? ['--share-net'] : []),
      '--unshare-user',
      '--uid',
      '1000',
      '--gid',
      '1000',
      '--hostname',
      spec.kind,
    ],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ...rootArgs(layout, tmpBytes),
    ...bindArgs(spec, fds),
    ...Object.entries({ ...defaultEnv, ...spec.env }).flatMap(([name, value]) => ['--setenv', name, value]),
    // Under root, /proc/sys obeys our host uid and not our (missing) capabilities: core_pattern would be writable.
    // The root and /dev are memory: writable they would be one more scratch disk.
    ...['--remount-ro', '/proc', '--remount-ro', '/dev', '--remount-ro', '/', '--chdir', spec.cwd],
    ...['--seccomp', String(fds.seccomp)],
  ];
}
