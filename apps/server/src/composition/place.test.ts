import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Place, placeOf, socketOf } from './place.ts';

/** A socket that a predecessor listened with, and its port. */
async function left(): Promise<{ socket: unknown; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { socket: socketOf(server), port: (server.address() as AddressInfo).port };
}

/** What a server there says to who connects. */
async function heard({ host, port }: Place): Promise<string> {
  const socket = connect(port, host);
  const [text] = await once(socket, 'data');
  socket.destroy();
  return String(text);
}

async function serving(place: Place): Promise<Server> {
  const server = createServer((socket) => void socket.end('successor')).listen(place);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

test.each(['127.0.0.1', 'localhost'])('at %s the successor goes on with the socket', async (host) => {
  const { socket, port } = await left();
  const place = await placeOf(host, port, socket);
  expect(place).toEqual({ host: '127.0.0.1', port, handle: socket });
  await serving(place);
  expect(await heard(place)).toBe('successor');
});

test('where any port would do, that of the socket does', async () => {
  const { socket, port } = await left();
  const server = await serving(await placeOf('127.0.0.1', 0, socket));
  expect(server.address()).toMatchObject({ port });
});

test('an address that was changed is listened on anew, and the socket is closed', async () => {
  const { socket, port } = await left();
  const place = await placeOf('127.0.0.2', port, socket);
  expect(place).toEqual({ host: '127.0.0.2', port });
  await serving(place);
  expect(await heard(place)).toBe('successor');
  await expect(heard({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a port that was changed as well, and without a socket there is none', async () => {
  const [{ socket }, { port }] = [await left(), { port: 1 }];
  expect(await placeOf('127.0.0.1', port, socket)).toEqual({ host: '127.0.0.1', port });
  expect(await placeOf('127.0.0.1', port, undefined)).toEqual({ host: '127.0.0.1', port });
});
