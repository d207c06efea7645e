import { randomUUID } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Usage } from '../meter/usage.ts';
import type { CallRecord, MeteredCall } from './call-record.ts';

/** What an earlier process left behind when it died. */
export interface Remains {
  /** Calls that had ended and may not be in the database. */
  ended: CallRecord[];
  /** Calls under way, with what the upstream had reported of them. */
  open: { call: MeteredCall; usage: Usage | null }[];
  /** Removes it, once it is in the database. */
  forget(): Promise<void>;
}

/**
 * A file of lines, written before what they tell of goes on: a call is in it before it is sent, and its cost before the
 * worker has the end of the answer. It survives the death of this process; one write takes about a microsecond.
 */
export interface Journal {
  begun(call: MeteredCall): void;
  /** The upstream has accepted the call. */
  accepted(callId: string, usage: Usage): void;
  /** The call need not have begun here. */
  ended(record: CallRecord): void;
  /** The call came to nothing. */
  dropped(callId: string): void;
  /** Everything that has ended is in the database: the file is emptied, unless a call is under way or it is small. */
  clear(): void;
  /** `keep`: something in it is not in the database yet. */
  close(keep: boolean): Promise<void>;
}

type Line = { begun: MeteredCall } | { accepted: string; usage: Usage } | { ended: CallRecord } | { dropped: string };

/** A file that is worth emptying. */
const LARGE_BYTES = 1024 * 1024;
const SUFFIX = '.calls';

/** Opens a journal of this process's own in a folder that no other process uses. */
export async function openJournal(folder: string): Promise<Journal> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}${SUFFIX}`);
  const file = openSync(path, 'ax', 0o600);
  const line = createLine();
  let size = 0;
  const underWay = new Set<string>();
  const write = (...parts: string[]) => {
    const bytes = line(parts);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file, bytes, written);
      size += written;
    } catch (error) {
      // A full disk takes half a line, and the next one would be torn with it.
      if (written > 0) ftruncateSync(file, size);
      throw error;
    }
  };
  return {
    begun: ({ turn, price, ...call }) => {
      const own = JSON.stringify(call);
      write('{"begun":', own.slice(0, -1), ',"turn":', sharedJson(turn), ',"price":', sharedJson(price), '}}\n');
      underWay.add(call.callId);
    },
    accepted: (callId, usage) => write(JSON.stringify({ accepted: callId, usage }), '\n'),
    ended: (record) => {
      underWay.delete(record.call_id);
      write(JSON.stringify({ ended: record }), '\n');
    },
    dropped: (callId) => {
      underWay.delete(callId);
      write(JSON.stringify({ dropped: callId }), '\n');
    },
    clear: () => {
      if (underWay.size > 0 || size < LARGE_BYTES) return;
      ftruncateSync(file, 0);
      size = 0;
    },
    close: async (keep) => {
      closeSync(file);
      if (!keep && underWay.size === 0) await rm(path, { force: true });
    },
  };
}

/** JSON of what many calls share. */
const shared = new WeakMap<object, string>();

function sharedJson(value: object): string {
  let json = shared.get(value);
  if (json === undefined) {
    json = JSON.stringify(value);
    shared.set(value, json);
  }
  return json;
}

/** Brings the parts of a line together in memory that is used again for the next one. */
function createLine(): (parts: readonly string[]) => Buffer {
  let buffer = Buffer.allocUnsafeSlow(16 * 1024);
  return (parts) => {
    // No character has more than three bytes for each of its UTF-16 units.
    const most = parts.reduce((sum, part) => sum + 3 * part.length, 0);
    if (most > buffer.length) buffer = Buffer.allocUnsafeSlow(2 * most);
    let at = 0;
    for (const part of parts) at += buffer.write(part, at);
    return buffer.subarray(0, at);
  };
}

/** Reads what earlier processes left in the folder. */
export async function readRemains(folder: string): Promise<Remains> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const files = names.filter((name) => name.endsWith(SUFFIX)).map((name) => join(folder, name));
  const open = new Map<string, Remains['open'][number]>();
  const ended = new Map<string, CallRecord>();
  for (const file of files) {
    for (const line of linesOf(await readFile(file, 'utf8'))) {
      if ('begun' in line) open.set(line.begun.callId, { call: line.begun, usage: null });
      else if ('accepted' in line) {
        const one = open.get(line.accepted);
        if (one) one.usage = line.usage;
      } else if ('dropped' in line) open.delete(line.dropped);
      else {
        open.delete(line.ended.call_id);
        ended.set(line.ended.call_id, line.ended);
      }
    }
  }
  return {
    ended: [...ended.values()],
    open: [...open.values()],
    forget: async () => {
      for (const file of files) await rm(file, { force: true });
    },
  };
}

/** The last line may be torn: what it was to tell of had not gone on. */
function* linesOf(text: string): Generator<Line> {
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      yield JSON.parse(line) as Line;
    } catch {
      // Torn.
    }
  }
}
