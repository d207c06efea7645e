import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** A process as `ps` tells of it, where there is no /proc. */
export type PsRow = {
  pid: number;
  parent: number;
  group: number;
  /** Ended, but nobody has asked how yet. */
  isZombie: boolean;
  memoryBytes: number;
  /** Of processor time so far: to a hundredth of a second on macOS, to a second on Linux. */
  cpuMs: number;
  /** When it began, to the second: tells it from a later process of the same id. */
  mark: string;
};

/** Linux works out anew each time when a process began, and is off by a second now and then. */
const SLACK_MS = 2_000;

/** Whether two marks of one id are of the same process. */
export const isSameStart = (one: string, other: string): boolean =>
  one === other || Math.abs(Date.parse(one) - Date.parse(other)) <= SLACK_MS;

const columns = 'pid=,ppid=,pgid=,stat=,rss=,time=,lstart=';
// Dates in one language and time zone, or a mark would change with the platform's.
const options = {
  encoding: 'utf8',
  env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
  maxBuffer: 1 << 26,
} as const;
const run = promisify(execFile);

/** `[days-][hours:]minutes:seconds[.hundredths]` in milliseconds. */
export function cpuTimeMs(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1_000);
}

export function parsePs(text: string): PsRow[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state = '', rss, time = '', ...began] = line.trim().split(/\s+/);
    if (!pid || began.length === 0) return [];
    return {
      ...{ pid: Number(pid), parent: Number(parent), group: Number(group), isZombie: state.startsWith('Z') },
      ...{ memoryBytes: Number(rss) * 1_024, cpuMs: cpuTimeMs(time), mark: began.join(' ') },
    };
  });
}

/** Every process of the machine. Blocks for some milliseconds. */
export const processesNow = (): PsRow[] => parsePs(execFileSync('ps', ['-axo', columns], options));

export const processesLater = async (): Promise<PsRow[]> =>
  parsePs((await run('ps', ['-axo', columns], options)).stdout);

/** One process; undefined when there is none with this id, or only its zombie. */
export function processByPs(pid: number): PsRow | undefined {
  // Ends with 1 when there is none.
  const [row] = parsePs(execFileSync('ps', ['-o', columns, '-p', String(pid)], options));
  return row?.isZombie ? undefined : row;
}

export const commandLineByPs = (pid: number): string | undefined =>
  processByPs(pid) && (execFileSync('ps', ['-wwo', 'command=', '-p', String(pid)], options).trim() || undefined);
