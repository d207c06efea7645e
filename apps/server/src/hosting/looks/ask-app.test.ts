import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LookStep } from '@talkide/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askApp } from './ask-app.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tk-ask-'));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;

/** Asks an application that answers like this. */
async function ask(listener: RequestListener, step: object = {}, signal = never) {
  const socketPath = join(folder, 'http.sock');
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(socketPath, resolve));
  return askApp({ socketPath, host: 'book.localhost' }, LookStep.parse({ path: '/', ...step }), signal);
}

test('a POST carries JSON to the application under its own host', async () => {
  const seen = await ask(
    async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { host, 'content-type': type } = request.headers;
      response.writeHead(201, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify({ method: request.method, url: request.url, host, type, body }));
    },
    { method: 'POST', path: '/api/entries?x=1', body: { name: 'Žofie' } },
  );
  expect(seen).toMatchObject({
    status: 201,
    contentType: 'application/json; charset=utf-8',
    location: null,
    cut: false,
  });
  expect(JSON.parse(seen.text ?? '')).toEqual({
    ...{ method: 'POST', url: '/api/entries?x=1', host: 'book.localhost', type: 'application/json' },
    body: '{"name":"Žofie"}',
  });
});

test('a redirect is told and not followed', async () => {
  const seen = await ask((_request, response) => response.writeHead(302, { location: 'http://evil.example/' }).end());
  expect(seen).toEqual({ status: 302, contentType: '', location: 'http://evil.example/', text: null, cut: false });
});

test('a picture has no text', async () => {
  const seen = await ask((_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('PNG'));
  expect(seen).toMatchObject({ status: 200, contentType: 'image/png', text: null });
});

test('an answer without end is cut', async () => {
  const seen = await ask((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  });
  expect(seen).toMatchObject({ status: 200, cut: true });
  expect(seen.text).toHaveLength(64 * 1024);
});

test('an answer that breaks off shows what came', async () => {
  const seen = await ask((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  expect(seen).toMatchObject({ status: 200, text: 'half', cut: true });
});

test.each<[string, RequestListener]>([
  ['hangs up', (request) => request.socket.destroy()],
  ['is no HTTP', (request) => void request.socket.end('hello\r\n\r\n')],
  [
    'switches protocols',
    (request) => void request.socket.end('HTTP/1.1 101 Hi\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ],
])('an application that %s has no status', async (_name, listener) => {
  expect(await ask(listener)).toMatchObject({ status: null, text: null });
});

test('a question that is called off has no status', async () => {
  const off = new AbortController();
  expect(await ask(() => off.abort(), {}, off.signal)).toMatchObject({ status: null });
});
