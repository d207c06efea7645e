import { once } from 'node:events';
import { Agent, createServer, get, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const ASK_EVERY_MS = 100;

/**
 * Sends each request to the next platform that last said it is ready; nothing is tried again. Requests without a body only.
 */
export async function openBalancer(ports: readonly number[]): Promise<{ port: number; close(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  let last = 0;
  const host = '127.0.0.1';
  const isReady = (port: number) =>
    new Promise<boolean>((resolve) => {
      const asked = get({ host, port, path: '/readyz', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      asked.on('error', () => resolve(false)).setTimeout(1_000, () => asked.destroy());
    });
  const ready = new Set(ports);
  let closed = false;
  async function watch(port: number): Promise<void> {
    while (!closed) {
      if (await isReady(port)) ready.add(port);
      else ready.delete(port);
      await delay(ASK_EVERY_MS);
    }
  }
  const watching = Promise.all(ports.map(watch));
  const next = () => {
    last += 1;
    return [...ready][last % ready.size];
  };
  const server = createServer(({ url, headers }, answer) => {
    const refuse = () => void answer.writeHead(502).end();
    const port = next();
    if (port === undefined) return refuse();
    request({ host, port, path: url, headers, agent }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    })
      .on('error', refuse)
      .end();
  }).listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      closed = true;
      await watching;
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
