import { existsSync, readlinkSync } from 'node:fs';
import type { Limits } from '../runtime.ts';

/**
 * Sets the limits a process can only set on itself, joins its cgroups, and becomes what follows. A constant text: all that
 * varies comes as arguments. Without cgroups, memory is bounded per process (data segment) and processes per user.
 */
const script = `
ulimit -c 0
ulimit -n "$1" || exit 125
[ "$2" = - ] || ulimit -f "$2" || exit 125
[ "$3" = - ] || ulimit -d "$3" || exit 125
[ "$4" = - ] || ulimit -u "$4" 2>/dev/null || ulimit -p "$4" || exit 125
shift 4
while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done
shift
`;

/** Both of util-linux. */
const SETPRIV = '/usr/bin/setpriv';
const UNSHARE = '/usr/bin/unshare';

/**
 * Bubblewrap asks the kernel to end with its parent only some milliseconds after its start: a platform that is killed
 * before would leave it behind. What is asked here already holds for it too, and the shell sees a parent that died before.
 */
const endWithParent = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : [];
const checkParent = `[ "$PPID" = ${process.pid} ] || exit 125\n`;

/**
 * Bubblewrap itself is two processes, of which the inner one asks late, too. Here both are in a PID namespace, which the
 * kernel ends as a whole with the outer one; that one ends with the process above, or sees in the host's /proc that it died
 * before: what has ended has no program there, though it may still be listed.
 */
const inNamespace = `exec ${UNSHARE} --pid --fork --kill-child -- /bin/sh -c '[ -e "/proc/$0/exe" ] || exit 125; exec "$@"' $$ "$@"`;

/** The kernel's number of the first PID namespace. */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/**
 * Whether sandboxes can be put into PID namespaces: by root, in the first one. Bubblewrap looks its child up in /proc, which
 * stays the host's: as process 2, which the kernel has in the first namespace and a container may lack.
 */
export function canNest(): boolean {
  const isFirst = () => readlinkSync('/proc/self/ns/pid') === FIRST_NAMESPACE;
  return process.getuid?.() === 0 && existsSync(SETPRIV) && existsSync(UNSHARE) && isFirst();
}

const openFiles = 8_192;
const reservedMb = 1_024; // V8 reserves this much writable address space for code without using it

export type Launching = {
  limits: Limits;
  /** The cgroups to be a member of, by their `cgroup.procs`. */
  join: readonly string[];
  /** Goes on when the platform dies. */
  outlives: boolean;
  /** In a PID namespace around it: nothing of it can be left over, whenever a process above it is killed. */
  nested: boolean;
};

/** How the shell starts the command. What outlives the platform needs a process above it, with which it ends. */
function ending({ outlives, nested }: Launching): string {
  if (nested) return inNamespace;
  return outlives ? '"$@"; code=$?; exit "$code"' : 'exec "$@"';
}

/** The command line that starts `command`. The sandbox is the process itself, or (`nested`, `outlives`) the one below it. */
export function launcherArgv(launching: Launching, command: readonly string[]): string[] {
  const { limits, join, outlives } = launching;
  const fileBlocks = limits.fileSizeMb === undefined ? '-' : String(limits.fileSizeMb * 2_048); // of 512 bytes
  const bounded = join.length > 0;
  const dataKb = bounded ? '-' : String((limits.memoryMb + reservedMb) * 1_024);
  const processes = bounded ? '-' : String(limits.pids + 512); // RLIMIT_NPROC counts the user's other processes too
  return [
    ...(outlives ? [] : endWithParent),
    '/bin/sh',
    '-c',
    (outlives ? '' : checkParent) + script + ending(launching),
    'talkide',
    String(openFiles),
    fileBlocks,
    dataKb,
    processes,
    ...join,
    '--',
    ...command,
  ];
}
