import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** A port of the loopback. */
export type LoopbackPort = { port: number; close(): void };

function listening(server: Server): Promise<LoopbackPort> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address ? address.port : 0, close: () => void server.close() });
    });
  });
}

function joined(client: Socket, path: string): void {
  const proxy = connect(path);
  client.on('error', () => proxy.destroy()).on('close', () => proxy.destroy());
  proxy.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.pipe(proxy).pipe(client);
}

/** The way out of one sandbox, whose loopback is the host's: the platform listens for it, on a port only that sandbox may reach. */
export function openOutletRelay(egressDir: string): Promise<LoopbackPort> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    joined(client, join(egressDir, 'egress.sock'));
  });
  return listening(server).then(({ port, close }) => ({
    port,
    close: () => {
      close();
      for (const client of clients) client.destroy();
    },
  }));
}

/** A port that is free now, for a program that will listen on it. */
export async function findFreePort(): Promise<number> {
  const { port, close } = await listening(createServer());
  close();
  return port;
}
