import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlClient, ControlGone, createControlClient, LeaseLost, WorkerRefused } from './control-client.ts';

let folder: string;
let server: Server;
let client: ControlClient;
let statuses: number[];
let headers: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'talkide-client-'));
  statuses = [];
  headers = {};
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(statuses.shift() ?? 204, headers).end('{}');
  });
  const socketPath = join(folder, 'control.sock');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  client = createControlClient({ socketPath, token: 'token', patienceMs: () => 200 });
});
afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const claim = () => client.claim(new AbortController().signal);
const result = {
  leaseToken: '0b8a3a34-3d0c-4b3d-9c57-1f3f6b8f0a11',
  outcome: 'STOPPED' as const,
  errorCode: null,
  errorDetail: null,
  lastSeq: 0,
};

describe('the control client', () => {
  it('tells no work from going home', async () => {
    expect(await claim()).toEqual({ kind: 'none' });
    headers = { 'x-talkide-idle': 'exit' };
    expect(await claim()).toEqual({ kind: 'exit' });
  });

  it('tries again where the control plane fails, and gives up where it refuses', async () => {
    statuses = [503, 500, 204];
    await expect(client.sendResult('5', result)).resolves.toBeUndefined();
    statuses = [409];
    await expect(client.sendResult('5', result)).rejects.toBeInstanceOf(LeaseLost);
    statuses = [401];
    await expect(claim()).rejects.toBeInstanceOf(WorkerRefused);
  });

  it('notices that the control plane is gone', async () => {
    const away = createControlClient({ socketPath: join(folder, 'none.sock'), token: 'token', patienceMs: () => 100 });
    await expect(away.claim(new AbortController().signal)).rejects.toBeInstanceOf(ControlGone);
    away.close();
  });

  it('counts its silence from the first call that fails, however long the one before was held', async () => {
    const asked: number[] = [];
    const patienceMs = () => asked.push(Date.now()) && 100;
    const away = createControlClient({ socketPath: join(folder, 'none.sock'), token: 'token', patienceMs });
    await expect(away.claim(new AbortController().signal)).rejects.toBeInstanceOf(ControlGone);
    expect(asked.length).toBeGreaterThan(1);
    away.close();
  });
});
