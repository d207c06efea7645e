import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TurnResult, WorkerEvent } from '@talkide/contracts';
import { z } from 'zod';

const SpoolLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lease'), turnId: z.string(), leaseToken: z.uuid() }),
  z.object({ kind: z.literal('event'), event: WorkerEvent }),
  z.object({ kind: z.literal('result'), result: TurnResult }),
]);
type SpoolLine = z.infer<typeof SpoolLine>;

/** What a turn has to tell, on disk before it is sent, so that neither side's death loses it. */
export type Spool = {
  turnId: string;
  leaseToken: string;
  append(event: WorkerEvent): void;
  finish(result: TurnResult): void;
  /** Events after `seq`, in order. */
  after(seq: number): WorkerEvent[];
  /** Null while the turn runs. */
  result(): TurnResult | null;
  remove(): void;
};

const folderOf = (home: string) => join(home, '.talkide', 'spool');

/** Not `recursive`: in a home that was removed under this process Node tries that for ever. */
function makeFolder(home: string): void {
  for (const folder of [join(home, '.talkide'), folderOf(home)]) {
    try {
      mkdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function parseLine(line: string): SpoolLine | null {
  try {
    return SpoolLine.parse(JSON.parse(line));
  } catch {
    // A torn last line: the process died while it wrote.
    return null;
  }
}

/**
 * Appends lines. While the disk is full they wait in memory, and are written with the first one for which there is room: the
 * turn goes on, and only the death of this process would lose them.
 */
function lineWriter(file: string, prepare = () => {}): (line: SpoolLine) => void {
  let waiting = '';
  return (line) => {
    waiting += `${JSON.stringify(line)}\n`;
    try {
      prepare();
      appendFileSync(file, waiting);
      waiting = '';
    } catch {
      // What was written of it is torn: a line of its own, so that it spoils no other. Events are told apart by their number.
      if (!waiting.startsWith('\n')) waiting = `\n${waiting}`;
    }
  };
}

function spoolOf(
  file: string,
  turnId: string,
  leaseToken: string,
  lines: SpoolLine[],
  write = lineWriter(file),
): Spool {
  const events: WorkerEvent[] = [];
  for (const line of lines) {
    // A line that did not fit whole was written again.
    if (line.kind === 'event' && line.event.seq > (events.at(-1)?.seq ?? 0)) events.push(line.event);
  }
  let result = lines.flatMap((line) => (line.kind === 'result' ? [line.result] : [])).at(-1) ?? null;
  return {
    turnId,
    leaseToken,
    append(event) {
      write({ kind: 'event', event });
      events.push(event);
    },
    finish(ended) {
      write({ kind: 'result', result: ended });
      result = ended;
    },
    after: (seq) => events.filter((event) => event.seq > seq),
    result: () => result,
    remove: () => rmSync(file, { force: true }),
  };
}

/** Starts the spool of one lease of a turn. */
export function openSpool(home: string, turnId: string, leaseToken: string): Spool {
  const folder = folderOf(home);
  const file = join(folder, `${turnId}.${leaseToken}.jsonl`);
  const write = lineWriter(file, () => makeFolder(home));
  write({ kind: 'lease', turnId, leaseToken });
  return spoolOf(file, turnId, leaseToken, [], write);
}

/** Spools that an earlier worker of this home left behind. */
export function leftSpools(home: string): Spool[] {
  const folder = folderOf(home);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => {
      const file = join(folder, name);
      const lines = readFileSync(file, 'utf8')
        .split('\n')
        .map(parseLine)
        .filter((line) => line !== null);
      const lease = lines[0];
      if (lease?.kind === 'lease') return [spoolOf(file, lease.turnId, lease.leaseToken, lines)];
      rmSync(file, { force: true });
      return [];
    });
}
