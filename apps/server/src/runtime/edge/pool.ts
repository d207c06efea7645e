import { Agent } from 'node:http';

/** Gives every request a connection of its own, yet lets the app keep it open until the whole body was read. */
class FreshConnections extends Agent {
  override keepSocketAlive(): boolean {
    return false;
  }
}

/** The connections to apps, by their sockets. */
export type Pool = { kept: Agent; fresh: Agent; close(): void };

/** Makes an empty pool. */
export function createPool(): Pool {
  const kept = new Agent({ keepAlive: true, maxFreeSockets: 16, scheduling: 'lifo' });
  const fresh = new FreshConnections({ keepAlive: true });
  return {
    kept,
    fresh,
    close() {
      kept.destroy();
      fresh.destroy();
    },
  };
}
