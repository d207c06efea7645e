import { once } from 'node:events';
import { connect } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { domainRoutes, type Project } from '@talkide/contracts';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createTestCa } from '../platform/http/testing/test-ca.ts';
import { handshake, secureVisit } from '../platform/http/testing/tls-client.ts';
import { startAcmeServer } from '../testing/acme-server.ts';
import { startDnsServer } from '../testing/dns-server.ts';
import { testDatabase, testDataPlane } from '../testing/index.ts';
import { processId } from './launcher.ts';
import { hostedRig, type Person } from './testing/hosted.ts';

const { db } = await testDatabase();
const dataPlane = await testDataPlane();
const [dns, ca] = await Promise.all([startDnsServer(), createTestCa()]);
const reach = { host: '127.0.0.1', port: 0 };
const acme = await startAcmeServer({ ca, reach: () => reach });
const rig = await hostedRig({
  ...{ db, dataPlane },
  domains: {
    dnsServers: [dns.address],
    acme: { directory: acme.directory, contact: undefined, binding: undefined, pauseMs: { first: 20, longest: 200 } },
  },
});
reach.port = rig.port;
afterAll(async () => {
  dns.close();
  await acme.close();
});

/** Says who asked, streams, and echoes. */
const tells = `import type { FastifyInstance } from 'fastify';
export default async function about(app: FastifyInstance) {
  app.get('/api/about', async (request) => {
    const { host, cookie, ...headers } = request.headers;
    return { host, cookie, for: headers['x-forwarded-host'], proto: headers['x-forwarded-proto'] };
  });
  app.post('/api/about', async (request) => ({ bytes: JSON.stringify(request.body).length }));
  app.get('/api/stream', (_, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('data: one\\n\\n');
    setTimeout(() => reply.raw.end('data: two\\n\\n'), 50);
  });
  app.server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\n\\r\\n');
    socket.on('data', (text) => socket.write('echo ' + text));
  });
}
`;

async function published(name: string): Promise<{ ada: Person; project: Project }> {
  const ada = await rig.person();
  const project = await ada.create(name);
  await ada.edit(project, 'server/routes/about.ts', tells);
  await ada.released(project, 'PREVIEW', 'ACTIVE', 2);
  await ada.call('POST', `/api/projects/${project.id}/publish`, { body: {} });
  await ada.released(project, 'PUBLISHED', 'ACTIVE');
  return { ada, project };
}
async function pointed(ada: Person, project: Project, hostname: string): Promise<string> {
  const params = { id: project.id };
  const { body: domain } = await ada.call(domainRoutes.addDomain, { params, body: { hostname } });
  for (const { name, type, value } of domain.records) dns.set(name, type, value);
  await ada.call(domainRoutes.checkDomain, { params: { ...params, domainId: domain.id } });
  await vi.waitFor(
    async () => {
      const { items } = (await ada.call(domainRoutes.listDomains, { params })).body;
      expect(items.find(({ id }) => id === domain.id)).toMatchObject({ status: 'ACTIVE', reason: null });
    },
    { timeout: 40_000, interval: 50 },
  );
  // The edge hears of it a moment later.
  await vi.waitFor(async () => expect((await visit(hostname)).status).toBe(200), 15_000);
  return domain.id;
}
const visit = (servername: string, path = '/api/about', more: object = {}) =>
  secureVisit({ port: rig.tls.port, ca: ca.root, servername, path, ...more });
const plain = (host: string, path: string) => rig.visit(`http://${host}`, path);

async function gathered(socket: TLSSocket, text: string): Promise<void> {
  let got = '';
  socket.on('data', (chunk: Buffer) => {
    got += chunk;
  });
  await vi.waitFor(() => expect(got).toContain(text), 15_000);
}

describe('a published application under a domain of its owner', async () => {
  const { ada, project } = await published('Of her own');
  await pointed(ada, project, 'shop.example.com');

  test('answers by HTTPS, knows its host, and is led there from the plain port', async () => {
    const answer = await visit('shop.example.com', '/api/about', { host: 'shop.example.com:443' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      ...{ host: 'shop.example.com:443', for: 'shop.example.com:443', proto: 'https' },
    });
    const led = await plain('shop.example.com', '/api/about?a=b');
    expect(led).toMatchObject({ status: 308, body: '' });
    expect(led.headers.location).toMatch(/^https:\/\/shop\.example\.com(:\d+)?\/api\/about\?a=b$/);
    expect((await plain(new URL(project.publicUrl).host, '/api/about')).status).toBe(200);
  });

  test('streams and holds sockets over TLS', async () => {
    const stream = await visit('shop.example.com', '/api/stream');
    expect(stream.body).toBe('data: one\n\ndata: two\n\n');
    const socket = await handshake(rig.tls.port, ca.root, 'shop.example.com');
    socket.write('GET /ws HTTP/1.1\r\nhost: shop.example.com\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    await gathered(socket, '101');
    socket.write('hello');
    await gathered(socket, 'echo hello');
    socket.destroy();
  });

  test('is woken and counted there as at its address', async () => {
    const { id } = await ada.released(project, 'PUBLISHED', 'ACTIVE');
    await rig.apps.drainAndStop(processId(id), 0);
    expect((await visit('shop.example.com')).status).toBe(200);
    await rig.metrics.close();
    const { rows } = await db.system(async (tx) => ({
      rows: await tx
        .selectFrom('app_metric')
        .select(({ fn }) => fn.sum('requests').as('requests'))
        .where('project_id', '=', project.id)
        .where('kind', '=', 'PUBLISHED')
        .execute(),
    }));
    expect(Number(rows[0]?.requests)).toBeGreaterThanOrEqual(3);
  });

  test('is nobody else’s, whatever a request says', async () => {
    const { ada: ben, project: his } = await published('Of his own');
    await pointed(ben, his, 'other.example.org');
    expect(JSON.parse((await visit('other.example.org')).body).host).toBe('other.example.org');
    expect((await visit('other.example.org', '/', { host: 'shop.example.com' })).status).toBe(421);
    expect((await visit('shop.example.com', '/', { host: 'localhost' })).status).toBe(421);
    expect((await visit('shop.example.com', '/', { host: new URL(his.publicUrl).host })).status).toBe(421);
    for (const name of ['nobody.example.com', 'localhost', new URL(project.publicUrl).hostname, 'example.com'])
      await expect(visit(name)).rejects.toThrow();
    // Absolute addresses, several hosts and odd ones do not lead past the host that was shaken hands for.
    for (const text of [
      'GET http://other.example.org/api/about HTTP/1.1\r\nhost: other.example.org\r\nconnection: close\r\n\r\n',
      'GET /api/about HTTP/1.1\r\nhost: shop.example.com\r\nhost: other.example.org\r\nconnection: close\r\n\r\n',
      'GET /api/about HTTP/1.1\r\nhost: shop.example.com/\r\nconnection: close\r\n\r\n',
    ]) {
      const socket = await handshake(rig.tls.port, ca.root, 'shop.example.com');
      let got = '';
      socket.on('data', (chunk: Buffer) => {
        got += chunk;
      });
      socket.write(text);
      await once(socket, 'close');
      expect(got).toMatch(/^HTTP\/1\.1 4(00|21)/);
    }
  });

  test('is not there while the project rests, and gone when the domain is removed', async () => {
    const params = { id: project.id };
    const domainId = await pointed(ada, project, 'second.example.com');
    expect((await ada.call('POST', `/api/projects/${project.id}/pause`)).status).toBe(200);
    await vi.waitFor(async () => expect((await visit('second.example.com')).status).toBe(404), 15_000);
    expect((await ada.call('POST', `/api/projects/${project.id}/resume`)).status).toBe(200);
    await vi.waitFor(async () => expect((await visit('second.example.com')).status).toBe(200), 15_000);
    expect((await ada.call(domainRoutes.removeDomain, { params: { ...params, domainId } })).status).toBe(204);
    await vi.waitFor(() => expect(visit('second.example.com')).rejects.toThrow(), 15_000);
    expect((await visit('shop.example.com')).status).toBe(200);
  });

  test('keeps its certificate through noise on the TLS port', async () => {
    const noise = connect(rig.tls.port, '127.0.0.1');
    noise.on('error', () => {});
    noise.end('GET / HTTP/1.1\r\nhost: shop.example.com\r\n\r\n');
    await once(noise.resume(), 'close');
    expect((await visit('shop.example.com')).status).toBe(200);
  });
});

test('nothing went wrong behind the scenes', () => {
  expect(rig.errors).toEqual([]);
});
