import { createWriteStream, fstatSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';

/** Where output goes; `end` resolves when it is on disk. A full or unwritable disk costs the log, not the program. */
export type Log = { write(chunk: Buffer): void; end(): Promise<void> };

type OpenFile = { stream: Writable; size: number; ino?: number; lost?: boolean };

/** A log that could not be written is tried again after this. */
const TRY_AGAIN_MS = 1_000;

function open(file: string, flags: 'a' | 'w'): OpenFile {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const fd = openSync(file, flags, 0o600);
    const stream = createWriteStream(file, { fd });
    stream.on('error', () => stream.destroy());
    const { size, ino } = fstatSync(fd);
    return { stream, size, ino };
  } catch {
    return { stream: new Writable({ write: (_chunk, _encoding, done) => done() }), size: 0, lost: true };
  }
}

const finished = (stream: Writable) =>
  new Promise<void>((resolve) => (stream.destroyed ? resolve() : stream.end(() => resolve())));

/** A log that keeps at most twice `maxBytes`: when full it becomes `<file>.1` and a new one begins. */
export function rotatingLog(file: string, maxBytes = 1024 * 1024): Log {
  let current = open(file, 'a');
  const closing: Promise<void>[] = [];
  let tryAgainAt = 0;
  return {
    write(chunk) {
      if (current.stream.destroyed || current.lost) {
        // There was no room: what comes when there is some again is kept.
        if (performance.now() < tryAgainAt) return;
        tryAgainAt = performance.now() + TRY_AGAIN_MS;
        current = open(file, 'a');
      }
      if (current.size > 0 && current.size + chunk.length > maxBytes) {
        closing.push(finished(current.stream));
        try {
          // Of two that write it, the other may have begun a new one already.
          if (statSync(file).ino === current.ino) renameSync(file, `${file}.1`);
        } catch {
          // Removed meanwhile: a new one begins all the same.
        }
        current = open(file, 'a');
      }
      current.size += chunk.length;
      current.stream.write(chunk);
    },
    async end() {
      await Promise.all([...closing, finished(current.stream)]);
    },
  };
}

/** A log, made anew, that keeps the first `maxBytes` and says that it stopped there. */
export function cappedLog(file: string, maxBytes: number): Log {
  const { stream } = open(file, 'w');
  let left = maxBytes;
  return {
    write(chunk) {
      if (left <= 0) return;
      stream.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) stream.write('\n… output beyond this size is not kept\n');
    },
    end: () => finished(stream),
  };
}
