import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { createMetrics, serveMetrics } from './metrics.ts';
import type { FrontDoor } from './server.ts';
import { kernel } from './testing/kernel.ts';

const frontDoor: FrontDoor = {
  owns: (host) => host === 'app.localhost',
  handle: (_request, response) => void response.end('the application'),
  upgrade: (_request, socket) => void socket.end('upgraded by the application'),
};

/** Sends a raw request and gives everything that comes back. */
async function ask(port: number, host: string, headers = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /page HTTP/1.1\r\nhost: ${host}\r\n${headers || 'connection: close\r\n'}\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

test('applications go to the front door by their host, the rest is ours', async () => {
  const app = await kernel({ frontDoor });
  app.get('/page', async () => 'the platform');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const websocket = 'connection: upgrade\r\nupgrade: websocket\r\n';
  expect(await ask(port, 'app.localhost')).toMatch(/the application$/);
  expect(await ask(port, 'localhost')).toMatch(/the platform$/);
  expect(await ask(port, 'app.localhost', websocket)).toBe('upgraded by the application');
  expect(await ask(port, 'localhost', websocket)).toMatch(/^HTTP\/1.1 404/);
  expect(await ask(port, 'localhost', 'connection: upgrade, close\r\nupgrade: h2c\r\n')).toMatch(/the platform$/);
});

test('a request for two hosts is for none', async () => {
  const app = await kernel({ frontDoor });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const second = 'host: localhost\r\n';
  expect(await ask(port, 'app.localhost', `${second}connection: close\r\n`)).toMatch(/^HTTP\/1.1 400/);
  const websocket = 'connection: upgrade\r\nupgrade: websocket\r\n';
  expect(await ask(port, 'app.localhost', second + websocket)).toMatch(/^HTTP\/1.1 400/);
});

test('an application sets its own headers', async () => {
  const app = await kernel({ frontDoor });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const text = await ask((app.server.address() as AddressInfo).port, 'app.localhost');
  expect(text.toLowerCase()).not.toContain('content-security-policy');
});

test('metrics are on their own port, by route and never by address', async () => {
  const metrics = createMetrics();
  const app = await kernel();
  metrics.observe(app);
  app.get('/api/things/:id', async () => 'ok');
  await app.inject({ method: 'GET', url: '/api/things/secret-7' });
  await app.inject({ method: 'GET', url: '/api/nowhere' });
  const server = await serveMetrics(metrics, 0);
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(text).toContain('talkide_http_request_seconds_count{method="GET",route="/api/things/:id",status="200"} 1');
  expect(text).toContain('route="none",status="404"');
  expect(text).not.toContain('secret-7');
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  expect((await app.inject({ method: 'GET', url: '/metrics' })).statusCode).toBe(404);
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('ends with the connections that were upgraded', async () => {
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  const frontDoor = {
    owns: () => true,
    handle: () => {},
    upgrade: (_: unknown, socket: Duplex) => void socket.write(switching),
  };
  const app = await kernel({ frontDoor });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const asked = request({ port, headers: { connection: 'Upgrade', upgrade: 'websocket' } }).end();
  const [, socket] = (await once(asked, 'upgrade')) as [unknown, Duplex];
  socket.on('error', () => {}).resume();
  const cut = once(socket, 'close');
  await app.close();
  await cut;
});

test.each([
  ['to an unknown host', 'nowhere.example', 404],
  ['to two hosts', 'a.example\r\nhost: b.example', 400],
])('an upgrade %s that is reset ends nothing but itself', async (_what, host, status) => {
  const app = await kernel();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  for (const hangUp of ['resetAndDestroy', 'destroySoon'] as const) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toContain(`HTTP/1.1 ${status} `);
    socket.write('more');
    socket[hangUp]();
  }
  const left = () => new Promise<number>((done) => app.server.getConnections((_, count) => done(count)));
  await vi.waitFor(async () => expect(await left()).toBe(0));
  expect((await app.inject({ url: '/nowhere' })).statusCode).toBe(404);
});
