import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kernel } from '../platform/http/testing/kernel.ts';
import { createTestCa } from '../platform/http/testing/test-ca.ts';
import { secureVisit } from '../platform/http/testing/tls-client.ts';
import { openTls, publicTlsPort } from './tls.ts';

const NONE = { find: () => null, answers: async () => false };
const directory = {
  start: async () => {},
  find: () => null,
  answer: async () => null,
  learn: async () => {},
  secureContext: async () => null,
};
const ca = await createTestCa();

async function certified(names: string[]): Promise<{ cert: string; key: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'talkide-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [files, made] = [{ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }, await ca.issue(names)];
  await Promise.all([writeFile(files.cert, made.cert), writeFile(files.key, made.key)]);
  return files;
}

/** The platform at a public URL, with a certificate for these names. */
async function platform(publicUrl: string, names: string[]) {
  const tls = await openTls({
    ...{ tls: { port: 0, files: await certified(names) }, host: '127.0.0.1', trustProxy: false },
    ...{ log: pino({ enabled: false }), publicUrl, customHosts: NONE, directory },
  });
  const app = await kernel({ guard: tls.guard, alsoServe: tls.serve });
  app.get('/*', async ({ protocol }) => protocol);
  await app.listen({ host: '127.0.0.1', port: 0 });
  await tls.listen();
  onTestFinished(tls.close);
  const plain = async (host: string): Promise<string> => {
    const { port } = app.server.address() as AddressInfo;
    const asked = request({ host: '127.0.0.1', port, path: '/x', headers: { host }, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return `${answer.statusCode} ${answer.headers.location ?? ''}`.trim();
  };
  const secure = (servername: string, host = servername) =>
    secureVisit({ port: tls.port, ca: ca.root, servername, host });
  return { plain, secure };
}
const WILDCARD = ['ide.example.net', '*.ide.example.net'];

describe('the platform’s own certificate', () => {
  test('serves its host and all names below, and visitors are led there', async () => {
    const { plain, secure } = await platform('https://ide.example.net', WILDCARD);
    for (const name of ['ide.example.net', 'app.ide.example.net'])
      expect(await secure(name)).toMatchObject({ status: 200, body: 'https' });
    expect((await secure('ide.example.net', 'app.ide.example.net')).status).toBe(200);
    expect((await secure('ide.example.net', 'other.example.net')).status).toBe(421);
    for (const name of ['other.example.net', 'a.b.ide.example.net']) await expect(secure(name)).rejects.toThrow();
    expect(await plain('ide.example.net')).toBe('308 https://ide.example.net/x');
    expect(await plain('APP.ide.example.net:80')).toBe('308 https://app.ide.example.net/x');
    // Health checks of the machine itself, and hosts without a certificate.
    expect(await plain('127.0.0.1')).toBe('200');
    expect(await plain('a.b.ide.example.net')).toBe('200');
  });

  test('leads nobody there whose public URL is plain', async () => {
    const { plain, secure } = await platform('http://ide.example.net:9090', WILDCARD);
    expect(await plain('ide.example.net:9090')).toBe('200');
    expect((await secure('ide.example.net')).status).toBe(200);
  });

  test('that is for another host is refused at the start', async () => {
    await expect(platform('https://ide.example.net', ['other.example.net'])).rejects.toThrow('not for ide.example.net');
  });

  test('is reached at the port of the public URL, else at the one that is listened on', () => {
    expect(publicTlsPort('https://ide.example.net', 8443)).toBe(443);
    expect(publicTlsPort('https://ide.example.net:4443', 8443)).toBe(4443);
    expect(publicTlsPort('http://ide.example.net', 8443)).toBe(8443);
    expect(publicTlsPort('http://ide.example.net')).toBe(443);
  });
});
