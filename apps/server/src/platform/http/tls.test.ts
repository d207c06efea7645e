import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openFileCertificate } from './file-certificate.ts';
import { createHttpsGuard, type Guard } from './https-guard.ts';
import { kernel } from './testing/kernel.ts';
import { createTestCa, type TestCa } from './testing/test-ca.ts';
import { handshake, secureVisit } from './testing/tls-client.ts';
import { createTlsServer, type Listeners } from './tls-server.ts';
import { endUpgrades } from './upgrades.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});
const contextFor = async (...names: string[]) => createSecureContext(await ca.issue(names));

test('ends with the connections that were upgraded', async () => {
  const context = await contextFor('a.example.com');
  const server = createTlsServer(async () => context, {
    request: (_, response) => void response.end(),
    upgrade: (_, socket) =>
      void socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = await handshake((server.address() as AddressInfo).port, ca.root, 'a.example.com');
  client.on('error', () => {});
  client.write('GET / HTTP/1.1\r\nHost: a.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await once(client, 'data');
  const cut = once(client, 'close');
  endUpgrades(server);
  await new Promise((done) => server.close(done));
  await cut;
});

async function serve(contexts: Record<string, SecureContext>, listeners: Partial<Listeners>): Promise<number> {
  const server = createTlsServer(async (name) => contexts[name] ?? null, {
    request: (_, response) => void response.end(),
    upgrade: (_, socket) => void socket.destroy(),
    ...listeners,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('TLS by name', () => {
  test('shows each name its own certificate, and refuses all others', async () => {
    const contexts = {
      'a.example.com': await contextFor('a.example.com'),
      'b.example.org': await contextFor('b.example.org'),
    };
    const port = await serve(contexts, { request: (request, response) => void response.end(request.headers.host) });
    for (const servername of Object.keys(contexts)) {
      const socket = await handshake(port, ca.root, servername);
      expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${servername}`);
      socket.destroy();
      expect(await secureVisit({ port, ca: ca.root, servername })).toMatchObject({ status: 200, body: servername });
    }
    await expect(handshake(port, ca.root, 'c.example.net')).rejects.toThrow();
    // A client that names nobody is shown nobody's.
    await expect(handshake(port, ca.root)).rejects.toThrow();
    // What fails for one leaves the others alone.
    expect((await secureVisit({ port, ca: ca.root, servername: 'a.example.com' })).status).toBe(200);
  });

  test('streams, and switches protocols, as without', async () => {
    const port = await serve(
      { 'a.example.com': await contextFor('a.example.com') },
      {
        request: (_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write('data: 1\n\n');
        },
        upgrade: (_, socket) => {
          socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
          socket.on('data', (text) => void socket.write(`echo ${text}`));
        },
      },
    );
    const stream = await handshake(port, ca.root, 'a.example.com');
    stream.write('GET / HTTP/1.1\r\nhost: a.example.com\r\n\r\n');
    await gathered(stream, 'data: 1');
    stream.destroy();
    const socket = await handshake(port, ca.root, 'a.example.com');
    socket.write('GET / HTTP/1.1\r\nhost: a.example.com\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    await gathered(socket, '101');
    socket.write('hello');
    await gathered(socket, 'echo hello');
    socket.destroy();
  });
});

async function gathered(socket: NodeJS.ReadableStream, text: string): Promise<void> {
  let got = '';
  const take = (chunk: Buffer) => {
    got += chunk;
  };
  socket.on('data', take);
  await vi.waitFor(() => expect(got).toContain(text), 15_000);
  socket.off('data', take);
}

describe('a certificate from files', () => {
  test('is read again when it changes; a pair that does not fit leaves the one before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'talkide-tls-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const write = async ({ cert, key }: { cert: string; key: string }) => {
      await writeFile(files.cert, cert);
      await writeFile(files.key, key);
    };
    await expect(openFileCertificate({ ...files, onChange: () => {} })).rejects.toThrow('cannot be used (ENOENT)');
    await write(await ca.issue(['ide.example.net', '*.ide.example.net']));
    const told: (string | null)[] = [];
    const own = await openFileCertificate({
      ...files,
      intervalMs: 20,
      onChange: (error) => void told.push(error?.name ?? null),
    });
    onTestFinished(own.close);
    const covered = () =>
      ['ide.example.net', 'app.ide.example.net', 'a.b.ide.example.net', 'other.example.net'].map((name) =>
        own.covers(name),
      );
    expect(covered()).toEqual([true, true, false, false]);
    const before = own.context();

    await writeFile(files.key, (await ca.issue(['other.example.net'])).key);
    // Once or twice: a file that is being written is a change too.
    await vi.waitFor(() => expect(told).toContain('CertificateError'), 15_000);
    expect(own.context()).toBe(before);

    await write(await ca.issue(['other.example.net']));
    await vi.waitFor(() => expect(own.covers('other.example.net')).toBe(true), 15_000);
    expect(covered()).toEqual([false, false, false, true]);
    expect(told.at(-1)).toBeNull();
  });
});

describe('the guard', () => {
  const options = {
    ...{ port: 443, trustProxy: false },
    hostOf: (request: { headers: { host?: string } }) => (request.headers.host ?? '').replace(/:\d*$/, ''),
    isSecure: (host: string) => host === 'a.example.com',
    belongTogether: (a: string, b: string) => a.endsWith('.ide.example.net') && b.endsWith('.ide.example.net'),
  };
  async function guarded(guard: Guard) {
    let listeners: Listeners | undefined;
    const app = await kernel({
      guard,
      alsoServe: (made) => {
        listeners = made;
      },
    });
    app.get('/*', async (request) => request.protocol);
    app.post('/*', async () => 'posted');
    await app.listen({ host: '127.0.0.1', port: 0 });
    return { app, listeners: listeners as Listeners };
  }
  const ask = async (guard: Guard, path: string, headers: Record<string, string>, method = 'GET') => {
    const { app } = await guarded(guard);
    const { port } = app.server.address() as AddressInfo;
    const asked = request({ host: '127.0.0.1', port, path, headers, method, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return `${answer.statusCode} ${answer.headers.location ?? ''}`.trim();
  };

  test('leads to HTTPS where there is a certificate, and nowhere else', async () => {
    const guard = createHttpsGuard(options);
    const host = 'a.example.com';
    expect(await ask(guard, '/x?y=z', { host })).toBe('308 https://a.example.com/x?y=z');
    expect(await ask(guard, '/x', { host: 'a.example.com:80' }, 'POST')).toBe('308 https://a.example.com/x');
    expect(await ask(createHttpsGuard({ ...options, port: 8443 }), '/', { host })).toBe(
      '308 https://a.example.com:8443/',
    );
    expect(await ask(guard, '/', { host: 'b.example.com' })).toBe('200');
    expect(await ask(guard, '/.well-known/acme-challenge/token', { host })).toBe('200');
    expect(await ask(guard, '//evil.example/', { host })).toBe('308 https://a.example.com//evil.example/');
    // Nobody but a trusted proxy says how a visitor came.
    expect(await ask(guard, '/', { host, 'x-forwarded-proto': 'https' })).toMatch(/^308/);
    const trusting = createHttpsGuard({ ...options, trustProxy: true });
    expect(await ask(trusting, '/', { host, 'x-forwarded-proto': 'https' })).toBe('200');
    expect(await ask(trusting, '/', { host, 'x-forwarded-proto': 'https, http' })).toMatch(/^308/);
  });

  test('refuses a request for another host than the handshake was for', async () => {
    const { listeners } = await guarded(createHttpsGuard(options));
    const names = ['a.example.com', 'b.example.com', 'x.ide.example.net'];
    const contexts = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await contextFor(name)])));
    const port = await serve(contexts, listeners);
    const visit = (servername: string, host: string) => secureVisit({ port, ca: ca.root, servername, host });
    expect(await visit('a.example.com', 'a.example.com:443')).toMatchObject({ status: 200, body: 'https' });
    expect((await visit('a.example.com', 'b.example.com')).status).toBe(421);
    expect((await visit('a.example.com', 'x.ide.example.net')).status).toBe(421);
    expect((await visit('x.ide.example.net', 'a.example.com')).status).toBe(421);
    expect((await visit('x.ide.example.net', 'y.ide.example.net')).status).toBe(200);
    const socket = await handshake(port, ca.root, 'a.example.com');
    socket.write('GET / HTTP/1.1\r\nhost: b.example.com\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    await gathered(socket, '421');
    socket.destroy();
  });
});
