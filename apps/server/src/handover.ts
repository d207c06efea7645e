import type { SendHandle } from 'node:child_process';

/**
 * What the platform and its starter (scripts/keeper.mjs) tell each other. A successor is started beside the platform and
 * says `loaded`; the platform is told to `hand-over`, gives its listening sockets and ends; the successor is told to `go`.
 * The starter outlives releases, older and newer ones than itself: `listening` and `go` bring the plain socket as they ever
 * did, `also` brings another, and only where the successor has said that it `takes` it.
 */

const OF = '--of=';
export const isSuccessor = process.argv.includes('--successor');
/** The process that handed over to this one; an older starter does not say it. */
export const predecessor = Number(process.argv.find((text) => text.startsWith(OF))?.slice(OF.length)) || undefined;

export type SocketName = 'http' | 'https';
/** Listening sockets of the system; of Node's inside, because a server that is sent accepts connections on its way. */
export type Sockets = Partial<Record<SocketName, unknown>>;
/** Gives a listening socket to the starter, which keeps it open. */
export type Give = (name: SocketName, socket: unknown) => Promise<void>;

interface Extra {
  also?: SocketName;
  takes?: SocketName[];
}
const extra = (message: unknown): Extra => (typeof message === 'object' && message !== null ? message : {});

/** Waits until the predecessor has ended; resolves to the listening sockets it handed over. */
export function takeTurn(): Promise<Sockets> {
  const sockets: Sockets = {};
  return new Promise((resolve) => {
    process.on('message', (message, socket) => {
      const { also } = extra(message);
      if (also) sockets[also] = socket;
      if (message === 'go') resolve(socket ? { ...sockets, http: socket } : sockets);
    });
    process.send?.({ takes: ['https'] } satisfies Extra);
    process.send?.('loaded');
  });
}

/** Sockets that the successor does not take close with this process, and it opens its own. */
const giveTo =
  (takes: SocketName[]): Give =>
  (name, socket) =>
    new Promise((resolve, reject) => {
      const sent = (error: Error | null) => (error ? reject(error) : resolve());
      if (name === 'http') process.send?.('listening', socket as SendHandle, {}, sent);
      else if (takes.includes(name)) process.send?.({ also: name } satisfies Extra, socket as SendHandle, {}, sent);
      else resolve();
    });

export interface HandoverEvents {
  /** A successor is ready: this process is to leave. */
  handOver(give: Give): void;
  /** The successor came to nothing. */
  stay(): void;
  /** Asked to hand over, but nobody can start a successor. */
  alone(): void;
}

/** Lets a handover be asked for by SIGUSR2. */
export function onHandover(events: HandoverEvents): void {
  let takes: SocketName[] = [];
  process.on('SIGUSR2', () => (process.send ? process.send('release') : events.alone()));
  process.on('message', (message) => {
    takes = extra(message).takes ?? takes;
    if (message === 'hand-over') events.handOver(giveTo(takes));
    if (message === 'stay') {
      takes = [];
      events.stay();
    }
  });
}
