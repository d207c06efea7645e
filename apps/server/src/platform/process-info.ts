import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { commandLineByPs, processByPs } from './ps.ts';

const hasProc = process.platform === 'linux';

/** The command line of a running process; undefined when there is none with this id (or only its zombie). */
export function commandLine(pid: number, fromProc = hasProc): string | undefined {
  try {
    if (!fromProc) return commandLineByPs(pid);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') || undefined;
  } catch {
    return undefined;
  }
}

/** Something that tells this machine apart from others, and from a container on it: there, process ids are of others. */
export function machineMark(fromProc = hasProc): string {
  if (!fromProc) return hostname();
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
}

/** Something that tells two processes apart that got the same id one after the other. */
export function startMark(pid: number, fromProc = hasProc): string | undefined {
  try {
    if (!fromProc) return processByPs(pid)?.mark;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : rest[18];
  } catch {
    return undefined;
  }
}
