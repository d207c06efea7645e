import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { ConnectionPool } from './pool.ts';

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const answer = randomBytes(2_000_000);
let connections = 0;

/** Reads slowly, says what it read, and answers in odd portions. */
const server: Server = createServer(async (request, response) => {
  const seen = createHash('sha256');
  for await (const bytes of request) {
    seen.update(bytes as Buffer);
    if (Math.random() < 0.05) await delay(1);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-seen': seen.digest('hex') });
  for (let at = 0; at < answer.length; at += 7_001) {
    response.write(answer.subarray(at, at + 7_001));
    if (at % 70_010 === 0) await new Promise(setImmediate);
  }
  response.end();
});
server.on('connection', () => {
  connections += 1;
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const pool = new ConnectionPool(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
afterAll(() => {
  pool.close();
  server.close();
});

interface Answered {
  seen: string | undefined;
  bytes: Buffer;
  sent: number;
}

/** `slow`: what it reads is not wanted at once. Pieces of the body are overwritten as soon as they are sent. */
function ask(body: readonly Buffer[], slow: boolean): Promise<Answered> {
  const size = body.reduce((sum, piece) => sum + piece.length, 0);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const got = { seen: undefined as string | undefined, sent: 0 };
    const exchange = pool.exchange(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${size}\r\n\r\n`, body, 10_000, {
      sent: (piece) => {
        got.sent += 1;
        piece.fill(0);
      },
      head: (_status, headers) => {
        got.seen = headers.get('x-seen');
      },
      data: (bytes) => {
        parts.push(Buffer.from(bytes));
        if (!slow || parts.length % 10 !== 0) return;
        exchange.pause();
        setTimeout(() => exchange.resume(), 1);
      },
      end: () => resolve({ ...got, bytes: Buffer.concat(parts) }),
      failed: (code) => reject(new Error(code)),
    });
  });
}

describe('ConnectionPool', () => {
  it.each([
    ['small', 40_000, 33_000],
    ['larger than any buffer between', 15_000_000, 9_000_000],
  ])('passes a body that is %s, and gives its memory back only when it is sent', async (_name, ...sizes) => {
    const body = sizes.map((size) => randomBytes(size));
    const whole = sha(Buffer.concat(body));
    const { seen, bytes, sent } = await ask(body, false);
    expect([seen, sent]).toEqual([whole, 2]);
    expect(bytes.equals(answer)).toBe(true);
  });

  it('loses nothing of an answer that waits, on connections that are used again', async () => {
    const before = connections;
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([true, false, true].map((slow) => ask([Buffer.from('x')], slow)));
      for (const { bytes } of answers) expect(bytes.equals(answer)).toBe(true);
    }
    expect(connections - before).toBeLessThanOrEqual(3);
  });
});
