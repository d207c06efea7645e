import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Counters, EgressOwner } from './counters.ts';
import type { Policy } from './policy.ts';
import { createProxy, type ProxyOptions } from './proxy.ts';

/** The name of a socket in the folder that a sandbox is shown. */
const SOCKET = 'egress.sock';

export interface Outlets {
  /**
   * The folder with the socket of a sandbox's own way out, made at the first call. Who asks is known by the socket: there is
   * nothing that one sandbox could learn to go out as another.
   */
  open(id: string, owner: EgressOwner, policy: Policy): Promise<string>;
  /** Ends it with all its connections. */
  close(id: string): Promise<void>;
  closeAll(): Promise<void>;
}

export interface OutletsOptions {
  /** Of all outlets; short, a socket path has at most 107 bytes. */
  folder: string;
  counters: Counters;
  resolve: ProxyOptions['resolve'];
}

export function createOutlets({ folder, counters, resolve }: OutletsOptions): Outlets {
  const running = new Map<string, Promise<{ server: Server; dir: string }>>();

  async function listen(id: string, owner: EgressOwner, policy: Policy): Promise<{ server: Server; dir: string }> {
    const dir = join(folder, id);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // Of a platform that died; the folder itself may still be shown to a worker that lives on.
    await rm(join(dir, SOCKET), { force: true });
    const server = createProxy({ policy, resolve, meter: counters.meter(owner) });
    await new Promise<void>((done, failed) => server.once('error', failed).listen(join(dir, SOCKET), done));
    return { server, dir };
  }

  async function close(id: string): Promise<void> {
    const outlet = await running.get(id)?.catch(() => undefined);
    running.delete(id);
    if (!outlet) return;
    outlet.server.closeAllConnections();
    await new Promise((done) => outlet.server.close(done));
    await rm(join(outlet.dir, SOCKET), { force: true });
  }

  return {
    async open(id, owner, policy) {
      const known = running.get(id) ?? listen(id, owner, policy);
      running.set(id, known);
      known.catch(() => running.delete(id));
      return (await known).dir;
    },
    close,
    closeAll: async () => void (await Promise.all([...running.keys()].map(close))),
  };
}
