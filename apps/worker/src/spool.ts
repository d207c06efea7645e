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

function parseLine(line: string): SpoolLine | null {
  try {
    return SpoolLine.parse(JSON.parse(line));
  } catch {
    // A torn last line: the process died while it wrote.
    return null;
  }
}

function spoolOf(file: string, turnId: string, leaseToken: string, lines: SpoolLine[]): Spool {
  const events = lines.flatMap((line) => (line.kind === 'event' ? [line.event] : []));
  let result = lines.flatMap((line) => (line.kind === 'result' ? [line.result] : [])).at(-1) ?? null;
  const write = (line: SpoolLine) => appendFileSync(file, `${JSON.stringify(line)}\n`);
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
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${turnId}.${leaseToken}.jsonl`);
  appendFileSync(file, `${JSON.stringify({ kind: 'lease', turnId, leaseToken } satisfies SpoolLine)}\n`);
  return spoolOf(file, turnId, leaseToken, []);
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
