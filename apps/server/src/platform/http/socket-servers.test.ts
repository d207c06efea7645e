import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSocketServers } from './socket-servers.ts';

function servers() {
  const folder = mkdtempSync(join(tmpdir(), 'ss-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return createSocketServers(folder, 'http.sock');
}

/** Answers with its name; lets tunnels through to nowhere. */
const named = (name: string) => () =>
  createServer((_, answer) => answer.end(name)).on('connect', (_, socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  });

const ask = async (socketPath: string, method = 'GET') => {
  const asked = request({ socketPath, method, path: method === 'CONNECT' ? 'a.example:443' : '/', agent: false }).end();
  const [answer, socket] = await once(asked, method === 'CONNECT' ? 'connect' : 'response');
  return { answer, socket: socket as Socket };
};

test('one folder and server for each', async () => {
  const all = servers();
  const [a, again, b] = [
    await all.open('a', named('a')),
    await all.open('a', named('other')),
    await all.open('b', named('b')),
  ];
  expect([a === again, a === b]).toEqual([true, false]);
  const { answer } = await ask(join(a, 'http.sock'));
  expect((await answer.toArray()).join('')).toBe('a');
  await all.closeAll();
  expect([existsSync(a), existsSync(join(a, 'http.sock'))]).toEqual([true, false]);
});

test('an open tunnel ends with its server', async () => {
  const all = servers();
  const dir = await all.open('a', named('a'));
  const { socket } = await ask(join(dir, 'http.sock'), 'CONNECT');
  socket.on('error', () => {}).resume();
  const cut = once(socket, 'close');
  await all.close('a');
  await cut;
});
