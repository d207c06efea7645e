import { existsSync } from 'node:fs';
import type { Limits } from '../runtime.ts';

/**
 * Sets the limits a process can only set on itself, joins its cgroups, and becomes bubblewrap. A constant text: all that
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

/**
 * Bubblewrap ends with its parent. In place of this shell that is the platform; below it, it is the shell, which goes on
 * when the platform dies.
 */
const endings = { replaced: 'exec "$@"', kept: '"$@"; code=$?; exit "$code"' };

/** Of util-linux. */
const SETPRIV = '/usr/bin/setpriv';
/**
 * Bubblewrap asks the kernel to end with its parent only some milliseconds after its start: a platform that is killed
 * before would leave it behind. What is asked here already holds for it too, and the shell sees a parent that died before.
 */
const endWithParent = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : [];
const checkParent = `[ "$PPID" = ${process.pid} ] || exit 125\n`;

const openFiles = 8_192;
const reservedMb = 1_024; // V8 reserves this much writable address space for code without using it

/** The command line that starts `command` under `limits`, as a member of the cgroups whose `cgroup.procs` are given. */
export function launcherArgv(
  limits: Limits,
  join: readonly string[],
  command: readonly string[],
  shell: keyof typeof endings = 'replaced',
): string[] {
  const fileBlocks = limits.fileSizeMb === undefined ? '-' : String(limits.fileSizeMb * 2_048); // of 512 bytes
  const bounded = join.length > 0;
  const dataKb = bounded ? '-' : String((limits.memoryMb + reservedMb) * 1_024);
  const processes = bounded ? '-' : String(limits.pids + 512); // RLIMIT_NPROC counts the user's other processes too
  return [
    ...(shell === 'replaced' ? endWithParent : []),
    '/bin/sh',
    '-c',
    (shell === 'replaced' ? checkParent : '') + script + endings[shell],
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
