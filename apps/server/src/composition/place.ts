import { lookup } from 'node:dns/promises';
import type { Server } from 'node:net';

/** What Node has inside a server that listens. */
interface Handle {
  getsockname(into: { address?: string; port?: number }): number;
  close(): void;
}

/** What to listen with; Node takes the handle, where there is one, instead of the address. */
export interface Place {
  host: string;
  port: number;
  handle?: unknown;
}

/** The listening socket of a server; undefined when it does not listen. */
export const socketOf = (server: Server): unknown => (server as unknown as { _handle: unknown })._handle ?? undefined;

export const closeSocket = (socket: unknown): void => (socket as Handle | undefined)?.close();

/**
 * Where to listen: with the socket that a predecessor handed over, in which connections may wait, if that is where the
 * configuration says; else that one is closed.
 */
export async function placeOf(host: string, port: number, socket: unknown): Promise<Place> {
  // Looked up here: told `localhost`, Fastify would listen at two addresses, and both with the one socket.
  const { address } = await lookup(host);
  const place = { host: address, port };
  if (!socket) return place;
  const bound: { address?: string; port?: number } = {};
  (socket as Handle).getsockname(bound);
  if (bound.address === address && [0, bound.port].includes(port)) return { ...place, handle: socket };
  closeSocket(socket);
  return place;
}
