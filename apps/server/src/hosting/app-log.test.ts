import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readAppLog, readWholeLog } from './app-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'tk-app-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
function logOf(text: string, before?: string): string {
  count += 1;
  const file = join(folder, `${count}.log`);
  writeFileSync(file, text);
  if (before !== undefined) writeFileSync(`${file}.1`, before);
  return file;
}
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i} ${'.'.repeat(50)}\n`).join('');

describe('the log of an application', () => {
  test('that has written nothing is empty', async () => {
    const missing = join(folder, 'missing.log');
    expect(await readAppLog(missing)).toEqual({ log: '', hasOlder: false });
    expect(await readAppLog(missing, 'x')).toEqual({ log: '', hasOlder: false });
    expect(await readWholeLog(missing)).toBe('');
  });

  test('goes back into the file that became full', async () => {
    expect(await readAppLog(logOf('new\n', 'old\n'))).toEqual({ log: 'old\nnew\n', hasOlder: false });
  });

  test('ends with whole lines, and says when there are more', async () => {
    const { log, hasOlder } = await readAppLog(logOf(numbered(500, 1_000), numbered(0, 3_000)));
    expect(hasOlder).toBe(true);
    expect(log).toMatch(/^line \d+ /);
    expect(log.endsWith(numbered(999, 1_000))).toBe(true);
    expect(Buffer.byteLength(log)).toBeLessThanOrEqual(64 * 1024);
    expect(numbered(0, 3_000) + numbered(500, 1_000)).toContain(log);
  });

  test('one endless line is shown by its end', async () => {
    const { log, hasOlder } = await readAppLog(logOf('x'.repeat(200_000)));
    expect([log, hasOlder]).toEqual(['x'.repeat(64 * 1024), true]);
  });

  test('is searched as a whole, in whatever case', async () => {
    const file = logOf('GET /guests\nŽofie signed\n', `get /guests\n${numbered(0, 2_000)}`);
    expect(await readAppLog(file, 'get /g')).toEqual({ log: 'get /guests\nGET /guests', hasOlder: false });
    expect((await readAppLog(file, 'žofie')).log).toBe('Žofie signed');
    expect(await readAppLog(file, 'nobody')).toEqual({ log: '', hasOlder: false });
    expect(await readAppLog(file, 'line')).toMatchObject({ hasOlder: true });
    expect(await readWholeLog(file)).toBe(`get /guests\n${numbered(0, 2_000)}GET /guests\nŽofie signed\n`);
  });
});
