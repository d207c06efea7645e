import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answersOk } from './health.ts';

/** A server that says these bytes when it is asked, one every `everyMs` when that is given. */
async function saying(bytes: string, everyMs = 0): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'he-'));
  const path = join(dir, 's');
  const timers: NodeJS.Timeout[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (everyMs === 0) return socket.once('data', () => socket.write(bytes));
    let at = 0;
    timers.push(setInterval(() => socket.write(bytes.charAt(at++ % bytes.length)), everyMs));
  });
  await new Promise<void>((done) => server.listen(path, done));
  onTestFinished(() => {
    for (const timer of timers) clearInterval(timer);
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return path;
}

test.each([
  ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
  ['another status', 'HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n', false],
  ['a switch of protocols', 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', false],
  ['no HTTP', 'hello\r\n\r\n', false],
])('%s', async (_what, bytes, ok) => {
  expect(await answersOk(await saying(bytes), '/', 10_000)).toBe(ok);
});

test('nobody there', async () => {
  expect(await answersOk('/nowhere/at.sock', '/', 10_000)).toBe(false);
});

test('one that says something again and again, and never all, is given up in time', async () => {
  expect(await answersOk(await saying('HTTP/1.1 200 OK\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy', 20), '/', 200)).toBe(
    false,
  );
});
