import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { sendText } from './send-text.ts';

async function serve(pieces: () => AsyncGenerator<string>): Promise<string> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/', async (request, reply) => {
    await sendText(request, reply.header('x-ours', 'yes'), pieces(), { 'content-type': 'text/csv' });
    return reply;
  });
  await app.listen({ port: 0 });
  onTestFinished(() => app.close());
  return `http://localhost:${(app.server.address() as AddressInfo).port}/`;
}

const BIG = 'x'.repeat(1024 * 1024);

it('sends all pieces, with the headers of the reply', async () => {
  const url = await serve(async function* () {
    yield 'a';
    yield BIG;
    yield 'b';
  });
  const response = await fetch(url);
  expect([response.headers.get('x-ours'), response.headers.get('content-type')]).toEqual(['yes', 'text/csv']);
  expect(await response.text()).toBe(`a${BIG}b`);
});

it('answers an error as an error while nothing is sent', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it has anything to yield
  const url = await serve(async function* () {
    throw new Error('no database');
  });
  expect((await fetch(url)).status).toBe(500);
});

it('cuts the connection where it fails later', async () => {
  const url = await serve(async function* () {
    yield 'a';
    throw new Error('no database any more');
  });
  const response = await fetch(url);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

it('makes no more than is read, and stops when the reader leaves', async () => {
  let made = 0;
  let ended = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const url = await serve(async function* () {
    try {
      for (; made < 1000; made += 1) yield BIG;
    } finally {
      ended();
    }
  });
  const request = get(url);
  const [response] = await once(request, 'response');
  response.on('error', () => {});
  await once(response, 'readable');
  request.destroy();
  await end;
  expect(made).toBeLessThan(100);
  await expect(text(response)).rejects.toThrow();
});
