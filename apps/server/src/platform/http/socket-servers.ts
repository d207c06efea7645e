import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';

export interface SocketServers {
  /**
   * The folder with the socket of one sandbox's own server, made at the first call. Who asks is known by the socket: there is
   * nothing that one sandbox could learn to ask as another.
   */
  open(id: string, make: () => Server): Promise<string>;
  /** Ends it with all its connections. */
  close(id: string): Promise<void>;
  closeAll(): Promise<void>;
}

type Running = { server: Server; dir: string; connections: Set<Socket> };

/** Servers that sandboxes are shown, a folder each. `folder` is short: a socket path has at most 107 bytes. */
export function createSocketServers(folder: string, socket: string): SocketServers {
  const running = new Map<string, Promise<Running>>();

  async function listen(id: string, make: () => Server): Promise<Running> {
    const dir = join(folder, id);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // Of a platform that died; the folder itself may still be shown to a worker that lives on.
    await rm(join(dir, socket), { force: true });
    const server = make();
    const connections = new Set<Socket>();
    server.on('connection', (connection) => {
      connections.add(connection);
      connection.once('close', () => connections.delete(connection));
    });
    await new Promise<void>((done, failed) => server.once('error', failed).listen(join(dir, socket), done));
    return { server, dir, connections };
  }

  async function close(id: string): Promise<void> {
    const one = await running.get(id)?.catch(() => undefined);
    running.delete(id);
    if (!one) return;
    const closed = new Promise((done) => one.server.close(done));
    // Also tunnels, which Node does not count any more.
    for (const connection of one.connections) connection.destroy();
    await closed;
    await rm(join(one.dir, socket), { force: true });
  }

  return {
    async open(id, make) {
      const known = running.get(id) ?? listen(id, make);
      running.set(id, known);
      known.catch(() => running.delete(id));
      return (await known).dir;
    },
    close,
    closeAll: async () => void (await Promise.all([...running.keys()].map(close))),
  };
}
