import { once } from 'node:events';
import { Agent, createServer, get, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Sends each request to the next platform that says it is ready; nothing is tried again. Requests without a body only.
 */
export async function openBalancer(ports: readonly number[]): Promise<{ port: number; close(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  let last = 0;
  const host = '127.0.0.1';
  const isReady = (port: number) =>
    new Promise<boolean>((resolve) => {
      get({ host, port, path: '/readyz', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      }).on('error', () => resolve(false));
    });
  async function next(): Promise<number | undefined> {
    for (let asked = 0; asked < ports.length; asked += 1) {
      last += 1;
      const port = ports[last % ports.length] ?? 0;
      if (await isReady(port)) return port;
    }
    return undefined;
  }
  const server = createServer(async ({ url, headers }, answer) => {
    const refuse = () => void answer.writeHead(502).end();
    const port = await next();
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
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
