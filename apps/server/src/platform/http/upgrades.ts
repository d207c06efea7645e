import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Listeners } from './tls-server.ts';

const upgraded = new WeakMap<EventEmitter, { open: Set<Duplex>; isOver: boolean }>();

/** Hands connections that are upgraded on, and remembers them: Node does not, and a server that closes would wait for them. */
export function takeUpgrades(server: EventEmitter, handle: Listeners['upgrade']): void {
  const state = { open: new Set<Duplex>(), isOver: false };
  upgraded.set(server, state);
  server.on('upgrade', (...[request, socket, head]: Parameters<Listeners['upgrade']>) => {
    // Node listens no more to what it hands over: one that is reset would end the process.
    socket.on('error', () => socket.destroy());
    if (state.isOver) return void socket.destroy();
    state.open.add(socket);
    socket.once('close', () => state.open.delete(socket));
    handle(request, socket, head);
  });
}

/** Answers instead of upgrading. What comes yet is read, or the connection would stay open with it. */
export function refuse(socket: Duplex, answer: string): void {
  socket.resume().end(answer);
}

/** Cuts all upgraded connections of a server that is about to close, and those that come yet. */
export function endUpgrades(server: EventEmitter): void {
  const state = upgraded.get(server);
  if (!state) return;
  state.isOver = true;
  for (const socket of state.open) socket.destroy();
}
