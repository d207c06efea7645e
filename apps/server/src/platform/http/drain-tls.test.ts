import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createSecureContext, connect as secure } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { watchRequests } from './drain.ts';
import { createTestCa } from './testing/test-ca.ts';
import { handshake } from './testing/tls-client.ts';
import { createTlsServer } from './tls-server.ts';

const ca = await createTestCa();
const name = 'a.example.com';
const late = 'late.example.com';

/** A server whose handshakes for `late` wait until they are let go on. */
async function serving() {
  const requests = watchRequests();
  let goOn = () => {};
  const waiting = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const context = createSecureContext(await ca.issue([name, late]));
  const find = async (asked: string) => {
    if (asked === late) await waiting;
    return context;
  };
  const server = createTlsServer(find, {
    request: (_, response) => {
      requests.watch(response);
      response.end('answered');
    },
    upgrade: (_, socket) => void socket.destroy(),
  });
  requests.watchHandshakes(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => server.closeAllConnections());
  return { requests, server, port, goOn };
}

test('over TLS: a kept connection is answered once more, a handshake under way leads to its answer, a new one is refused', async () => {
  const { requests, server, port, goOn } = await serving();
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: ca.root });
  onTestFinished(() => agent.destroy());
  const ask = async () => {
    const asked = request({ port, host: '127.0.0.1', servername: name, agent }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { connection: answer.headers.connection, reused: asked.reusedSocket, body: await text(answer) };
  };
  expect((await ask()).connection).toBe('keep-alive');

  const raw = connect(port, '127.0.0.1');
  await once(server, 'connection');
  const socket = secure({ socket: raw, servername: late, ca: ca.root });
  let looks = 0;
  let drained = false;
  const draining = requests
    .drain([server], () => {
      looks += 1;
    })
    .then(() => {
      drained = true;
    });
  expect(await ask()).toEqual({ connection: 'close', reused: true, body: 'answered' });
  await expect(handshake(port, ca.root, name)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  // Longer than it waits for connections without news.
  await expect.poll(() => looks, { timeout: 20_000 }).toBeGreaterThan(30);
  expect(drained).toBe(false);

  goOn();
  await once(socket, 'secureConnect');
  socket.write(`GET / HTTP/1.1\r\nhost: ${late}\r\n\r\n`);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*answered/i);
  await draining;
});

test('over TLS: a handshake that fails is not waited for', async () => {
  const { requests, server, port } = await serving();
  const raw = connect(port, '127.0.0.1');
  await once(server, 'connection');
  raw.write('no handshake\r\n\r\n');
  const gone = connect(port, '127.0.0.1');
  await once(server, 'connection');
  gone.destroy();
  let looks = 0;
  await requests.drain([server], () => {
    looks += 1;
  });
  // At its bound it would have looked 500 times.
  expect(looks).toBeLessThan(300);
});
