import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_BYTES = 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** A log that a program writes by itself, so that it needs nobody who reads along. An old one of some size is kept as `.1`. */
export function openWorkerLog(file: string): { fd: number; close(): void; tail(): string } {
  mkdirSync(dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(file, `${file}.1`);
  const fd = openSync(file, 'a+', 0o600);
  const from = fstatSync(fd).size;
  return { fd, close: () => closeSync(fd), tail: () => readFrom(file, from) };
}

/** The end of what was written since; empty when the file cannot be read any more. */
function readFrom(file: string, from: number): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const start = Math.max(from, fstatSync(fd).size - TAIL_BYTES);
      const bytes = Buffer.alloc(TAIL_BYTES);
      return bytes.subarray(0, readSync(fd, bytes, 0, TAIL_BYTES, start)).toString('utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
