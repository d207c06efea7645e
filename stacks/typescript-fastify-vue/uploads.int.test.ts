import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = await mkdtemp(join(tmpdir(), 'stack-uploads-'));
process.env.UPLOADS_SOCKET = join(folder, 'files.sock');
const { uploads } = await import('./template/server/uploads.ts');

let answer: (request: IncomingMessage, response: ServerResponse) => void;
// It waits for ever for those who do not hang up.
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => answer(request, response));
beforeAll(() => once(server.listen(process.env.UPLOADS_SOCKET), 'listening'));
afterAll(async () => {
  server.closeAllConnections();
  await promisify(server.close.bind(server))();
  await rm(folder, { recursive: true });
});

const pieces = (count: number) => Readable.from(Array.from({ length: count }, () => Buffer.alloc(65_536)));
const refuse = (response: ServerResponse) =>
  response.writeHead(413).end('{"code":"upload_too_large","message":"The file is larger than 1 MB."}');

describe('a file that is refused before it is sent', () => {
  test.each([
    ['a stream', () => pieces(100)],
    ['bytes', () => Buffer.alloc(6_553_600)],
  ])('as %s says why, and nothing of it stays', async (_name, body) => {
    answer = (request, response) => void request.once('data', () => refuse(response));
    const bodies = Array.from({ length: 50 }, body);
    const refused = await Promise.allSettled(bodies.map((one) => uploads.put('x', one, 'a/b')));
    for (const one of refused)
      expect(one).toMatchObject({
        reason: { statusCode: 413, code: 'UPLOAD_TOO_LARGE', message: expect.stringContaining('1 MB') },
      });
    await expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(0);
    for (const one of bodies) if (one instanceof Readable) await expect.poll(() => one.readableEnded).toBe(true);
  });
});

test('a file whose bytes break off is not kept as if it were whole', async () => {
  const ended = Promise.withResolvers<boolean>();
  const body = new Readable({ read() {} });
  answer = (request) => {
    request.on('close', () => ended.resolve(request.complete)).on('data', () => body.destroy());
  };
  body.push(Buffer.alloc(1_000));
  await expect(uploads.put('x', body, 'a/b')).rejects.toThrow('broke off');
  expect(await ended.promise).toBe(false);
});
