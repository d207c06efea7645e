import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type createServer as createNetServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Policy, PUBLIC_WEB } from './policy.ts';
import { createProxy, type Meter } from './proxy.ts';

let proxy: Server;
let remote: Server;
let told: string[];
let names: Record<string, string[]>;

const listening = (server: Server | ReturnType<typeof createNetServer>) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

const meter: Meter = {
  began: (host) => void told.push(`began ${host}`),
  refused: (host, reason) => void told.push(`refused ${host} ${reason}`),
  moved: (host, bytes) => void told.push(`moved ${host} ${bytes.in > 0 && bytes.out > 0}`),
};

let remotePort: number;
let proxyPort: number;
beforeEach(async () => {
  told = [];
  names = { 'listed.example': ['127.0.0.1'] };
  remote = createServer((incoming, answer) => {
    if (incoming.url === '/hang') return;
    incoming.pipe(
      answer.writeHead(200, { 'x-path': incoming.url, 'x-host': incoming.headers.host, connection: 'close' }),
    );
  });
  remotePort = await listening(remote);
  const ports = new Set([remotePort, 9, 80]);
  const policy: Policy = {
    judge: ({ port }) => (ports.has(port) ? null : 'PORT'),
    allows: (address) => !address.startsWith('10.'),
  };
  proxy = createProxy({ policy, resolve: async (host) => names[host] ?? [], meter });
  proxyPort = await listening(proxy);
});
afterEach(() => {
  for (const server of [proxy, remote]) {
    server.close();
    server.closeAllConnections();
  }
});

/** A remote server that answers with these bytes, whatever is asked. */
function answering(bytes: string): void {
  remote.removeAllListeners('connection').on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
}

/** A request in absolute form, as HTTP clients that know a proxy send it. */
const plain = (url: string, body = '') =>
  new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const asked = request(
      { port: proxyPort, path: url, method: 'POST', headers: { host: new URL(url).host } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
      },
    );
    asked.on('error', reject).end(body);
  });

/** Sends bytes to the proxy and gives all that comes until either side ends. */
const raw = (bytes: string) =>
  new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(proxyPort, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
  });

describe('a remote server that answers with', () => {
  it.each([
    ['a status that is none', 'HTTP/1.1 000 x\r\nContent-Length: 0\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['no HTTP', 'hello\r\n'],
  ])('%s is a bad gateway, and the proxy goes on', async (_what, bytes) => {
    answering(bytes);
    for (let time = 0; time < 2; time += 1) {
      expect((await plain(`http://listed.example:${remotePort}/`)).status).toBe(502);
    }
  });
});

describe('the proxy', () => {
  it('passes plain requests on, body and path as they are, and counts', async () => {
    const answer = await plain(`http://listed.example:${remotePort}/a?b=c`, 'hello');
    expect(answer).toMatchObject({ status: 200, text: 'hello' });
    expect(answer.headers).toMatchObject({ 'x-path': '/a?b=c', 'x-host': `listed.example:${remotePort}` });
    await vi.waitFor(() => expect(told).toEqual(['began listed.example', 'moved listed.example true']), 15_000);
  });

  it('tunnels bytes', async () => {
    const inner = `POST /t HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi`;
    const text = await raw(`CONNECT listed.example:${remotePort} HTTP/1.1\r\n\r\n${inner}`);
    expect(text).toMatch(/^HTTP\/1.1 200 Connection established\r\n\r\nHTTP\/1.1 200 OK/);
    expect(text).toMatch(/hi/);
  });

  it('connects to the address that was judged, and asks for it once', async () => {
    let asked = 0;
    const turning = createProxy({
      policy: PUBLIC_WEB,
      // The first answer would pass: a second one, asked for when connecting, would be the trap.
      resolve: async () => (asked++ === 0 ? ['10.0.0.1'] : ['93.184.215.14']),
      meter,
    });
    const port = await listening(turning);
    const status = await new Promise((resolve) =>
      request({ port, path: 'http://turning.example/', headers: { host: 'turning.example' } }, (answer) =>
        resolve(answer.statusCode),
      ).end(),
    );
    turning.close();
    expect([status, asked]).toEqual([403, 1]);
  });

  it('says in a sentence why not', async () => {
    names['other.example'] = ['127.0.0.1', '10.0.0.1'];
    const text = expect.stringContaining('not on the public internet') as string;
    expect(await plain('http://other.example/')).toMatchObject({ status: 403, text });
    expect(await raw('CONNECT other.example:80 HTTP/1.1\r\n\r\n')).toMatch(
      /^HTTP\/1.1 403 Refused by TalkIDE: NOT_PUBLIC/,
    );
    expect(await plain('http://gone.example:9/')).toMatchObject({
      status: 502,
      text: expect.stringContaining('no such name'),
    });
    names['gone.example'] = ['127.0.0.1'];
    expect((await plain('http://gone.example:9/')).status).toBe(504);
    expect(told).toEqual([
      'refused other.example NOT_PUBLIC',
      'refused other.example NOT_PUBLIC',
      'refused gone.example NOT_FOUND',
      'moved gone.example false',
      'refused gone.example UNREACHABLE',
    ]);
  });

  it.each([
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    'CONNECT / HTTP/1.1\r\n\r\n',
    'GET ftp://x/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    'nonsense\r\n\r\n',
  ])('is not upset by %j', async (bytes) => {
    const answer = raw(bytes.replace('host: x\r\n\r\n', 'host: x\r\nconnection: close\r\n\r\n'));
    expect(await answer).toMatch(/^HTTP\/1.1 400/);
    expect((await plain(`http://listed.example:${remotePort}/`)).status).toBe(200);
  });

  it('bounds the connections of one sandbox, and frees them', async () => {
    const sockets = Array.from({ length: 64 }, () => connect(proxyPort, '127.0.0.1'));
    for (const socket of sockets)
      socket.on('error', () => {}).write(`CONNECT listed.example:${remotePort} HTTP/1.1\r\n\r\n`);
    await vi.waitUntil(() => told.filter((line) => line.startsWith('began')).length === 64, 15_000);
    expect((await plain(`http://listed.example:${remotePort}/`)).status).toBe(429);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(
      async () => expect((await plain(`http://listed.example:${remotePort}/`)).status).toBe(200),
      15_000,
    );
  });
});
