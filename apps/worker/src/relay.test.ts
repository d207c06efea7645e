import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Relay, startRelay } from './relay.ts';

let folder: string;
let socketPath: string;
let relay: Relay;
let gateway: Server;
const seen: { url: string | undefined; headers: Record<string, unknown>; body: string }[] = [];

const open = () => new Promise<void>((resolve) => gateway.listen(socketPath, resolve));
const call = (key: string, headers: Record<string, string> = {}) =>
  fetch(`${relay.url}/v1/messages?beta=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'anthropic-version': '2023-06-01', ...headers },
    body: '{"ž":1}',
  });

beforeEach(async () => {
  seen.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'talkide-relay-'));
  socketPath = join(folder, 'control.sock');
  gateway = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ url: request.url, headers: request.headers, body });
    response.writeHead(200, { 'request-id': 'req_1' }).end('answer');
  });
  relay = await startRelay(socketPath);
});
afterEach(async () => {
  await relay.close();
  gateway.closeAllConnections();
  await new Promise((resolve) => gateway.close(resolve));
  rmSync(folder, { recursive: true });
});

describe('the relay', () => {
  it('passes a call on with the token of the turn and the role of the sub agent', async () => {
    await open();
    const seat = relay.seat();
    seat.setToken('turn-token');
    seat.nameAgent('a1', 'talkide-tester');
    const answer = await call(seat.key, { 'x-claude-code-agent-id': 'a1' });
    expect([answer.status, answer.headers.get('request-id'), await answer.text()]).toEqual([200, 'req_1', 'answer']);
    expect(seen).toMatchObject([
      {
        url: '/gateway/v1/messages?beta=true',
        body: '{"ž":1}',
        headers: {
          authorization: 'Bearer turn-token',
          'anthropic-version': '2023-06-01',
          'x-talkide-agent-role': 'talkide-tester',
        },
      },
    ]);
  });

  it('listens on the one port that its sandbox lets it', async () => {
    const { port } = new URL(relay.url);
    await relay.close();
    relay = await startRelay(socketPath, Number(port));
    expect(new URL(relay.url).port).toBe(port);
  });

  it('refuses calls between turns, with a foreign key, and after the end of a session', async () => {
    await open();
    const seat = relay.seat();
    expect((await call(seat.key)).status).toBe(401);
    seat.setToken('turn-token');
    expect((await call('relay-other')).status).toBe(401);
    seat.setToken(null);
    expect((await call(seat.key)).status).toBe(401);
    seat.setToken('turn-token');
    seat.close();
    expect((await call(seat.key)).status).toBe(401);
    expect(seen).toEqual([]);
  });

  it('holds a call until the control plane is there', async () => {
    const seat = relay.seat();
    seat.setToken('turn-token');
    const answer = call(seat.key);
    await open();
    expect((await answer).status).toBe(200);
  });
});
