import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cappedLog, rotatingLog } from './log-file.ts';
import { Tail } from './tail.ts';

describe('a tail', () => {
  test('is all there was while that is little', () => {
    const tail = new Tail(100);
    tail.push(Buffer.from('a\nb'));
    expect(tail.text()).toBe('a\nb');
  });

  test('keeps the end, from a whole line on', () => {
    const tail = new Tail(12);
    for (let i = 0; i < 100; i++) tail.push(Buffer.from(`line ${i}\n`));
    expect(tail.text()).toBe('line 99\n');
  });

  test('keeps the end of one long chunk, and of one long line', () => {
    const tail = new Tail(8);
    tail.push(Buffer.from('x'.repeat(100)));
    expect(tail.text()).toBe('x'.repeat(8));
    tail.push(Buffer.from('\nend\n'));
    expect(tail.text()).toBe('end\n');
  });
});

describe('log files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'log-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('two that write one rotating log take no line from each other that is within its bounds', async () => {
    const file = join(dir, 'app.log');
    const [mine, theirs] = [rotatingLog(file, 20), rotatingLog(file, 20)];
    for (const text of ['mine 1\n', 'mine 2\n', 'mine 3\n']) mine.write(Buffer.from(text));
    theirs.write(Buffer.from('theirs\n'));
    await mine.end();
    for (const text of ['theirs 2\n', 'theirs 3\n']) theirs.write(Buffer.from(text));
    await theirs.end();
    const kept = [`${file}.1`, file].map((path) => readFileSync(path, 'utf8')).join('');
    expect(kept.split('\n').filter(Boolean).sort()).toEqual(
      ['mine 1', 'mine 2', 'mine 3', 'theirs', 'theirs 2', 'theirs 3'].sort(),
    );
  });

  test('a rotating log keeps at most two files of its size', async () => {
    const file = join(dir, 'deep', 'app.log');
    const log = rotatingLog(file, 10);
    for (const text of ['12345678', 'abcdefgh', 'ABCDEFGH']) log.write(Buffer.from(text));
    await log.end();
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('abcdefgh');
    expect(readFileSync(file, 'utf8')).toBe('ABCDEFGH');
  });

  test('a rotating log goes on after what is there', async () => {
    const file = join(dir, 'app.log');
    for (const text of ['first\n', 'second\n']) {
      const log = rotatingLog(file);
      log.write(Buffer.from(text));
      await log.end();
    }
    expect(readFileSync(file, 'utf8')).toBe('first\nsecond\n');
  });

  test('a capped log keeps the beginning and says where it stopped', async () => {
    const file = join(dir, 'build.log');
    const log = cappedLog(file, 6);
    for (let i = 0; i < 9; i++) log.write(Buffer.from('abcd'));
    await log.end();
    expect(readFileSync(file, 'utf8')).toBe('abcdab\n… output beyond this size is not kept\n');
  });

  test('a log that cannot be written costs nothing but itself', async () => {
    const log = rotatingLog(dir);
    log.write(Buffer.from('text'));
    await log.end();
  });
});
