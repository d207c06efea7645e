import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EgressReason } from '@talkide/contracts';
import { refuse } from '../platform/http/upgrades.ts';
import { type Destination, judgeAddresses, type Policy, readDestination } from './policy.ts';

/** Told of what passed; the bytes when it is over. */
export interface Meter {
  began(host: string): void;
  refused(host: string, reason: EgressReason): void;
  moved(host: string, bytes: { out: number; in: number }): void;
}

export interface ProxyOptions {
  policy: Policy;
  /** All addresses of a name; empty when there is none. */
  resolve(host: string): Promise<readonly string[]>;
  meter: Meter;
}

/** Of one sandbox at a time. */
const MAX_CONNECTIONS = 64;
const CONNECT_MS = 10_000;
const IDLE_MS = 5 * 60_000;

const WORDS: Readonly<Record<EgressReason, string>> = {
  NOT_PUBLIC: 'its address is not on the public internet. Private networks cannot be reached from here',
  PORT: 'only ports of the web (80, 443, 8080, 8443) can be reached. Use an HTTP API instead',
  NOT_FOUND: 'there is no such name. Check its spelling',
  TOO_MANY: `${MAX_CONNECTIONS} connections are open already. Close some first`,
  UNREACHABLE: 'it does not answer. Try again later',
  NOT_LISTED: 'packages come from the registry of this TalkIDE only. Use a package of the registry instead',
};
const STATUS: Readonly<Record<EgressReason, number>> = {
  ...{ NOT_PUBLIC: 403, PORT: 403, NOT_FOUND: 502, TOO_MANY: 429, UNREACHABLE: 504, NOT_LISTED: 403 },
};
const sentence = (host: string, reason: EgressReason) => `TalkIDE did not connect to ${host}: ${WORDS[reason]}.\n`;

/** Not for the next server: of this connection, or of the proxy. */
const OWN_HEADERS = new Set(['proxy-connection', 'proxy-authorization', 'connection', 'keep-alive', 'te', 'trailer']);

/** An address that was judged and is connected to, or why not. The name is looked up once: what was judged is used. */
async function admit(destination: Destination, { policy, resolve }: ProxyOptions): Promise<string | EgressReason> {
  const refused = policy.judge(destination);
  if (refused) return refused;
  const addresses = await resolve(destination.host).catch(() => []);
  return judgeAddresses(addresses, policy) ?? addresses[0] ?? 'NOT_FOUND';
}

const isReason = (text: string): text is EgressReason => text in WORDS;

/** An HTTP proxy for one sandbox: tunnels by CONNECT, and plain requests in absolute form. */
export function createProxy(options: ProxyOptions): Server {
  const { meter } = options;
  let open = 0;

  async function connectTo(destination: Destination): Promise<Socket | EgressReason> {
    if (open >= MAX_CONNECTIONS) return 'TOO_MANY';
    open += 1;
    const admitted = await admit(destination, options);
    if (isReason(admitted)) {
      open -= 1;
      return admitted;
    }
    const socket = connect({ host: admitted, port: destination.port, timeout: CONNECT_MS });
    socket.once('close', () => {
      open -= 1;
      meter.moved(destination.host, { out: socket.bytesWritten, in: socket.bytesRead });
    });
    return new Promise((resolve) => {
      socket.once('connect', () => {
        socket.removeAllListeners('timeout').setTimeout(IDLE_MS, () => socket.destroy());
        resolve(socket);
      });
      socket.once('timeout', () => socket.destroy());
      socket.once('close', () => resolve('UNREACHABLE'));
      socket.on('error', () => {});
    });
  }

  async function tunnel(incoming: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    client.on('error', () => client.destroy());
    const destination = readDestination(incoming.url ?? '', 443);
    if (!destination) return refuse(client, 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    const remote = await connectTo(destination);
    if (typeof remote === 'string') {
      meter.refused(destination.host, remote);
      const body = sentence(destination.host, remote);
      const headers = `content-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
      // Many clients show nothing but this line.
      const line = `HTTP/1.1 ${STATUS[remote]} Refused by TalkIDE: ${remote}`;
      return refuse(client, `${line}\r\n${headers}\r\n\r\n${body}`);
    }
    meter.began(destination.host);
    if (client.destroyed) return void remote.destroy();
    client.once('close', () => remote.destroy());
    remote.once('close', () => client.destroy());
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) remote.write(head);
    client.pipe(remote);
    remote.pipe(client);
  }

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { url = '' } = incoming;
    const target = /^http:\/\/([^/?#]+)(.*)$/i.exec(url);
    const destination = target?.[1] ? readDestination(target[1], 80) : null;
    if (!target || !destination) {
      answer.writeHead(400, { 'content-type': 'text/plain' });
      return void answer.end('This is the way to the internet for HTTP clients that know proxies.\n');
    }
    const remote = await connectTo(destination);
    if (typeof remote === 'string') {
      meter.refused(destination.host, remote);
      answer.writeHead(STATUS[remote], { 'content-type': 'text/plain' });
      return void answer.end(sentence(destination.host, remote));
    }
    if (answer.destroyed) return void remote.destroy();
    meter.began(destination.host);
    const path = target[2]?.startsWith('/') ? target[2] : `/${target[2] ?? ''}`;
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !OWN_HEADERS.has(name)));
    const outgoing = request({
      ...{ method: incoming.method, path, setHost: false, createConnection: () => remote },
      headers: { ...headers, host: target[1], connection: 'close' },
    });
    const fail = () => void (answer.headersSent ? answer.destroy() : answer.writeHead(502).end());
    outgoing.on('response', (response) => {
      const kept = Object.entries(response.headers).filter(([name]) => !OWN_HEADERS.has(name));
      try {
        answer.writeHead(response.statusCode ?? 502, Object.fromEntries(kept));
      } catch {
        // Node reads what it refuses to write: a status below 100.
        outgoing.destroy();
        return fail();
      }
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    outgoing.on('error', fail);
    // Without an answer and without an error: it switched protocols unasked.
    outgoing.on('close', () => answer.headersSent || fail());
    answer.once('close', () => remote.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer((incoming, answer) => void pass(incoming, answer).catch(() => answer.destroy()));
  server.on('connect', (incoming, client, head) => void tunnel(incoming, client, head).catch(() => client.destroy()));
  server.requestTimeout = 0;
  return server;
}
