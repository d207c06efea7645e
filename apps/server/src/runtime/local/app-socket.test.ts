import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AppSocket, adoptAppSocket, makeAppSocket } from './app-socket.ts';

let dir: string;
let socket: AppSocket;
let server: Server | null = null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'as-'));
  socket = makeAppSocket(join(dir, 'a'));
});
afterEach(() => {
  server?.close();
  server = null;
  rmSync(dir, { recursive: true, force: true });
});

const listen = () =>
  new Promise<void>((resolve) => {
    server = createServer().listen(join(socket.appDir, 'http.sock'), resolve);
  });
const notSupported = () => {
  throw Object.assign(new Error('not supported'), { code: 'ENOTSUP' });
};

test('an app that does not listen yet has no socket to take', () => {
  expect(adoptAppSocket(socket)).toBe(false);
});

test('a socket is linked; where that cannot be, it is moved', async () => {
  await listen();
  expect(adoptAppSocket(socket)).toBe(true);
  expect(existsSync(join(socket.appDir, 'http.sock'))).toBe(true);
  rmSync(socket.path);
  expect(adoptAppSocket(socket, notSupported)).toBe(true);
  expect([existsSync(socket.path), existsSync(join(socket.appDir, 'http.sock'))]).toEqual([true, false]);
});

test.each([
  ['linked', undefined],
  ['moved', notSupported],
])('a link to something else that is %s is not taken', (_how, link) => {
  symlinkSync('/run/other.sock', join(socket.appDir, 'http.sock'));
  expect(adoptAppSocket(socket, link)).toBe(false);
  expect(existsSync(socket.path)).toBe(false);
});

test('a folder in the place of a socket is not taken', () => {
  mkdirSync(join(socket.appDir, 'http.sock', 'full'), { recursive: true });
  expect(adoptAppSocket(socket)).toBe(false);
  expect(existsSync(socket.path)).toBe(false);
});
