import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEdge, type EdgeOptions } from './edge.ts';
import type { Target } from './target.ts';

export type Answer = { status: number; headers: IncomingMessage['headers']; body: string };

/** An app on a Unix socket of a folder that is removed with it. */
export type TestApp = { socketPath: string; server: Server; close(): Promise<void> };

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** Serves `listener` on a Unix socket. */
export async function testApp(listener: RequestListener): Promise<TestApp> {
  const dir = mkdtempSync(join(tmpdir(), 'edge-'));
  const socketPath = join(dir, 'http.sock');
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const close = async () => {
    await closed(server);
    rmSync(dir, { recursive: true, force: true });
  };
  return { socketPath, server, close };
}

/** A target that runs already. */
export function running(app: Pick<TestApp, 'socketPath'>, begin: () => () => void = () => () => {}): Target {
  return { ensure: async () => app.socketPath, begin };
}

/** An edge on a free port of loopback. */
export async function testEdge(options: EdgeOptions): Promise<{ port: number; close(): Promise<void> }> {
  const edge = createEdge(options);
  const server = createServer((req, res) => void edge.handle(req, res));
  server.on('upgrade', (req, socket, head) => void edge.upgrade(req, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    edge.close();
    await closed(server);
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** Asks the edge, as a visitor of `app.localhost`. */
export function visit(
  port: number,
  path: string,
  more: { method?: string; headers?: Record<string, string>; body?: string | Buffer; host?: string } = {},
): Promise<Answer> {
  const headers = { host: more.host ?? 'app.localhost:9090', ...more.headers };
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method: more.method ?? 'GET', headers, agent: false });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    asked.end(more.body);
  });
}
