import { createSocketServers, type SocketServers } from '../platform/http/socket-servers.ts';
import type { Counters, EgressOwner } from './counters.ts';
import type { Policy } from './policy.ts';
import { createProxy, type ProxyOptions } from './proxy.ts';

/** The name of a socket in the folder that a sandbox is shown. */
const SOCKET = 'egress.sock';

export interface Outlets extends Pick<SocketServers, 'close' | 'closeAll'> {
  /** The folder with the socket of a sandbox's own way out. */
  open(id: string, owner: EgressOwner, policy: Policy): Promise<string>;
}

export interface OutletsOptions {
  /** Of all outlets; short, a socket path has at most 107 bytes. */
  folder: string;
  counters: Counters;
  resolve: ProxyOptions['resolve'];
}

export function createOutlets({ folder, counters, resolve }: OutletsOptions): Outlets {
  const { open, close, closeAll } = createSocketServers(folder, SOCKET);
  return {
    open: (id, owner, policy) => open(id, () => createProxy({ policy, resolve, meter: counters.meter(owner) })),
    close,
    closeAll,
  };
}
