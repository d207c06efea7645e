import { open, readFile } from 'node:fs/promises';

const SHOWN_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/** What an application wrote, oldest first; a log that became full goes on in a new file (`runtime/local/log-file.ts`). */
const filesOf = (file: string) => [`${file}.1`, file];

export interface AppLogPage {
  log: string;
  /** There is more before it. */
  hasOlder: boolean;
}

/** The last lines that an application wrote; with `search` those that hold it, in whatever case. */
export async function readAppLog(file: string, search = ''): Promise<AppLogPage> {
  if (search === '') return endOf(await readEnd(file));
  const needle = search.toLowerCase();
  const lines = (await readWholeLog(file)).split('\n');
  return endOf(Buffer.from(lines.filter((line) => line.toLowerCase().includes(needle)).join('\n')));
}

/** All that is kept of it: 2 MB at most. */
export async function readWholeLog(file: string): Promise<string> {
  const parts = await Promise.all(filesOf(file).map((path) => readFile(path).catch(() => Buffer.alloc(0))));
  return Buffer.concat(parts).toString('utf8');
}

/** A little more than is shown, so that it can be told whether there is more. */
async function readEnd(file: string): Promise<Buffer> {
  let end = Buffer.alloc(0);
  for (const path of filesOf(file).reverse()) {
    const missing = SHOWN_BYTES + 1 - end.length;
    if (missing > 0) end = Buffer.concat([await lastBytes(path, missing), end]);
  }
  return end;
}

async function lastBytes(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return Buffer.alloc(0);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whole lines from the end, as far as they are shown. */
function endOf(bytes: Buffer): AppLogPage {
  if (bytes.length <= SHOWN_BYTES) return { log: bytes.toString('utf8'), hasOlder: false };
  const shown = bytes.subarray(bytes.length - SHOWN_BYTES);
  return { log: shown.subarray(shown.indexOf(LINE_END) + 1).toString('utf8'), hasOlder: true };
}
