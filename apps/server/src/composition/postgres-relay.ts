import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

export interface PostgresRelay {
  /** Folder of the socket, which holds nothing else: sandboxes are shown it. */
  folder: string;
  close(): Promise<void>;
}

const PORT = 5432;

/**
 * Applications have no network: a PostgreSQL outside is reached by a Unix socket of ours that leads there. Bytes pass as
 * they are, so the server must take connections without TLS from here.
 */
export async function openPostgresRelay(url: string, folder: string): Promise<PostgresRelay> {
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  const number = Number(searchParams.get('port') ?? port) || PORT;
  const open = () => (host.startsWith('/') ? connect(join(host, `.s.PGSQL.${number}`)) : connect(number, host));
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = open();
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      // Either end ends the other: half a connection to a database serves nobody.
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from) && to.destroy());
      from.pipe(to);
    }
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `.s.PGSQL.${number}`);
  await rm(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  return {
    folder,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
