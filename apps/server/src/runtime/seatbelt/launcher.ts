import type { Limits } from '../runtime.ts';

/**
 * Sets the limits a process can only set on itself and becomes the command. A limit that is refused is lower already: unlike
 * Linux, macOS lets a user have few processes.
 */
const script = `
ulimit -c 0
ulimit -n "$1" 2>/dev/null
[ "$2" = - ] || ulimit -f "$2" 2>/dev/null
ulimit -d "$3" 2>/dev/null
ulimit -u "$4" 2>/dev/null || ulimit -p "$4" 2>/dev/null
shift 4
exec "$@"
`;

const openFiles = 8_192;
const reservedMb = 1_024; // V8 reserves this much writable address space for code without using it
const othersOfTheUser = 512; // RLIMIT_NPROC counts the user's other processes too

/** The command line that starts `command` under `limits`. */
export function launcherArgv(
  { fileSizeMb, memoryMb, pids }: Limits,
  command: readonly string[],
): [string, ...string[]] {
  const fileBlocks = fileSizeMb === undefined ? '-' : String(fileSizeMb * 2_048); // of 512 bytes
  const numbers = [
    String(openFiles),
    fileBlocks,
    String((memoryMb + reservedMb) * 1_024),
    String(pids + othersOfTheUser),
  ];
  return ['/bin/sh', '-c', script, 'talkide', ...numbers, ...command];
}
