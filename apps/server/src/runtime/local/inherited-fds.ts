import { readdirSync, readFileSync } from 'node:fs';

const closeOnExec = 0o2000000;
const standard = 2;

function staysOpen(fd: number): boolean {
  try {
    const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    return false;
  }
}

/**
 * The highest descriptor this process inherited and would pass on to every child (2 when there is none). Node opens its
 * own close-on-exec; what a supervisor or shell left open is not ours to close, but it must not reach a sandbox.
 */
export function highestInheritedFd(): number {
  const fds = readdirSync('/proc/self/fd').map(Number);
  return Math.max(standard, ...fds.filter((fd) => fd > standard && staysOpen(fd)));
}
