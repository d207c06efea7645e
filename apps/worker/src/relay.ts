import { randomBytes } from 'node:crypto';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WORKER_PATHS } from '@talkide/contracts';

/** How an agent process reaches a model: what its environment says, and its program where that is not the SDK's own. */
export type ModelAccess = { env: Record<string, string>; program?: string };

/** A place at the relay for one agent process. The process knows only the key; the turn's token is put in here. */
export type RelaySeat = {
  key: string;
  access: ModelAccess;
  /** The gateway token of the running turn; null between turns, when calls are refused. */
  setToken(token: string | null): void;
  /** Tells which role a sub agent plays, so that its calls are counted as its own. */
  nameAgent(agentId: string, role: string): void;
  close(): void;
};
/** A way to a model for agent processes. */
export type ModelDoor = { seat(): RelaySeat; close(): Promise<void> };
export type Relay = ModelDoor & { url: string };

/** How long a call waits for a control plane that restarts, and how often it knocks. */
const RECONNECT_MS = 60_000;
const KNOCK_MS = 100;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The agent's name for the sub agent that calls, and ours for its role. */
const AGENT_ID = 'x-claude-code-agent-id';
const ROLE = 'x-talkide-agent-role';
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'host', 'authorization', 'x-api-key'];

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message } }));
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error('The request is larger than 32 MB.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOENT']);

/**
 * The agents' only way to a model: an HTTP server on the worker's loopback that passes calls to the gateway below the
 * control socket, byte for byte, with the running turn's token in place of the process's key.
 */
export async function startRelay(socketPath: string, port = 0): Promise<Relay> {
  const seats = new Map<string, { token: string | null; roles: Map<string, string> }>();
  const agent = new Agent({ keepAlive: true });

  function forward(
    incoming: IncomingMessage,
    body: Buffer,
    added: Record<string, string>,
    response: ServerResponse,
  ): Promise<void> {
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          socketPath,
          method: incoming.method,
          path: `${WORKER_PATHS.gateway}${incoming.url ?? '/'}`,
          headers: { ...headers, ...added, 'content-length': body.length },
        },
        (answer) => {
          const kept = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
          response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
          answer.pipe(response);
          answer.on('error', () => response.destroy());
          response.on('finish', resolve);
        },
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection may have died while idle: nothing was received then, so asking again is safe.
        const stale = outgoing.reusedSocket && error.code === 'ECONNRESET' && !response.headersSent;
        if (stale || NOT_REACHED.has(error.code ?? '')) return reject(error);
        response.destroy();
        resolve();
      });
      response.on('close', () => {
        outgoing.destroy();
        resolve();
      });
      outgoing.end(body);
    });
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const seat = seats.get((incoming.headers.authorization ?? '').replace(/^Bearer /, ''));
    const token = seat?.token;
    if (!seat || !token) return refuse(response, 401, 'authentication_error', 'No turn is running.');
    const body = await bodyOf(incoming);
    const giveUp = performance.now() + RECONNECT_MS;
    while (!response.destroyed) {
      try {
        const role = seat.roles.get(String(incoming.headers[AGENT_ID]));
        return await forward(
          incoming,
          body,
          { authorization: `Bearer ${token}`, ...(role && { [ROLE]: role }) },
          response,
        );
      } catch {
        if (response.destroyed) return;
        if (performance.now() > giveUp) return refuse(response, 503, 'api_error', 'The platform is out of reach.');
        await delay(KNOCK_MS);
      }
    }
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seat() {
      const key = `relay-${randomBytes(24).toString('base64url')}`;
      const seat = { token: null as string | null, roles: new Map<string, string>() };
      seats.set(key, seat);
      return {
        key,
        access: { env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key } },
        setToken(token) {
          seat.token = token;
        },
        nameAgent: (agentId, role) => seat.roles.set(agentId, role),
        close: () => seats.delete(key),
      };
    },
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
