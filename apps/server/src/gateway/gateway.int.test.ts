import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TurnRow } from '../platform/db/index.ts';
import { LIVE_CHANNEL } from '../platform/events.ts';
import { randomToken, sha256 } from '../platform/secrets.ts';
import { createProject, createTenant, testDatabase } from '../testing/index.ts';
import { createGateway, type RefusalReason } from './index.ts';
import { priceBook } from './prices/price-book.ts';
import { type SeenCall, startStandIn, streamEvents } from './stand-in.fixture.ts';

const KEY = 'sk-ant-the-platforms-own-key';
const { db } = await testDatabase();
const tenant = await createTenant(db, { email: 'gateway@example.com' });
const place = await createProject(db, tenant);

type Answer = (call: SeenCall, response: ServerResponse) => void | Promise<void>;
let answer: Answer;
const upstream = await startStandIn((call, response) => answer(call, response));

const logged: string[] = [];
const log = pino(
  { level: 'debug' },
  new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  }),
);
let turnsOff = false;
const changed: TurnRow[] = [];
const settled: { reserved: bigint; cost: bigint }[] = [];
let halted: Exclude<RefusalReason, 'TURNS_OFF'> | null = null;
let creditComes: (() => Promise<void>) | null = null;
const folder = await mkdtemp(join(tmpdir(), 'tk-gw-'));
const gateway = await createGateway({
  db,
  log,
  upstream: { baseUrl: `${upstream.url}/base`, apiKey: KEY },
  markupPercent: '50',
  killSwitch: async () => ({ enabled: turnsOff, reason: 'Maintenance.' }),
  journalDir: join(folder, 'journal'),
  credit: {
    reserve: (_turn, need) => {
      const answer = halted ? { halted } : { reserved: need.most };
      return creditComes ? creditComes().then(() => answer) : answer;
    },
    settle: (_turnId, reserved, cost) => void settled.push({ reserved, cost }),
    charge: async () => {},
  },
  costChanged: async (_tx, turn) => void changed.push(turn),
  timings: { readOnMs: 500, silenceMs: 2_000, drainMs: 1_000 },
});
const socketPath = join(folder, 'control.sock');
const server = createServer(gateway.handle).listen(socketPath);
await once(server, 'listening');

const live: { e: { type: string; turnId: string; costUsd: string } }[] = [];
await db.listen(LIVE_CHANNEL, (payload) => live.push(JSON.parse(payload)));

afterAll(async () => {
  await gateway.close();
  server.closeAllConnections();
  server.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

let token: string;
let turnId: string;
beforeEach(async () => {
  token = randomToken('tkt_');
  upstream.seen.length = 0;
  changed.length = 0;
  live.length = 0;
  settled.length = 0;
  halted = null;
  creditComes = null;
  await db.tenant(tenant.tenantId, async (tx) => {
    await tx
      .updateTable('turn')
      .set({ status: 'SUCCEEDED', token_hash: null })
      .where('status', '=', 'RUNNING')
      .execute();
    const turn = await tx
      .insertInto('turn')
      .values({
        tenant_id: tenant.tenantId,
        project_id: place.projectId,
        environment_id: tenant.environmentId,
        conversation_id: place.conversationId,
        user_id: tenant.userId,
        status: 'RUNNING',
        token_hash: sha256(token),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    turnId = turn.id;
  });
});
afterEach(async () => {
  turnsOff = false;
  await gateway.settled(turnId);
});

interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
  complete: boolean;
}

/** A call of an agent. `leave`: it hangs up once it has got something. */
function call(
  path: string,
  options: { body?: string | Buffer; headers?: Record<string, string>; method?: string; leave?: boolean } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        socketPath,
        path: `/gateway${path}`,
        method: options.method ?? 'POST',
        ...(options.leave ? { agent: false } : {}),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...options.headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
            complete: incoming.complete,
          });
        incoming.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (options.leave) outgoing.destroy();
        });
        incoming.on('error', done);
        incoming.on('end', done);
      },
    );
    outgoing.on('error', (error) => (options.leave ? undefined : reject(error)));
    outgoing.end(options.body);
  });
}

const ask = (more: object = {}) => JSON.stringify({ model: 'talkide-demo', max_tokens: 99, messages: [], ...more });
/** What is recorded of the turn, once all of it is. */
const usageEvents = async () => {
  await gateway.settled(turnId);
  return db.system((tx) =>
    tx.selectFrom('usage_event').selectAll().where('turn_id', '=', turnId).orderBy('id').execute(),
  );
};
const turnRow = async () => {
  await gateway.settled(turnId);
  return db.system((tx) => tx.selectFrom('turn').selectAll().where('id', '=', turnId).executeTakeFirstOrThrow());
};
const errorOf = (reply: Reply) =>
  JSON.parse(reply.body.toString()) as { type: string; error: { type: string; message: string } };

/** Streams events, cut at odd places. */
const stream =
  (events: string[], headers: Record<string, string> = {}): Answer =>
  (_call, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    const bytes = Buffer.from(events.join(''));
    for (let at = 0; at < bytes.length; at += 37) response.write(bytes.subarray(at, at + 37));
    response.end();
  };

describe('POST /v1/messages, streamed', () => {
  it('passes the bytes both ways, swaps the key in, and meters', async () => {
    answer = stream(streamEvents(40), {
      'request-id': 'req_upstream',
      'anthropic-ratelimit-requests-remaining': '7',
      'anthropic-organization-id': 'secret-org',
      'set-cookie': 'x=y',
    });
    const body = Buffer.from(`  ${ask({ stream: true, note: 'Žluťoučký', 'odd key': 1.0 })}\n`);
    const reply = await call('/v1/messages?beta=true', {
      body,
      headers: {
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'a-1,b-2',
        'accept-encoding': 'gzip',
        cookie: 'c=d',
      },
    });

    expect(reply.status).toBe(200);
    expect(reply.body.toString()).toBe(streamEvents(40).join(''));
    expect(reply.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'request-id': 'req_upstream',
      'anthropic-ratelimit-requests-remaining': '7',
    });
    expect(reply.headers).not.toHaveProperty('anthropic-organization-id');
    expect(reply.headers).not.toHaveProperty('set-cookie');

    const [seen] = upstream.seen;
    expect(seen?.url).toBe('/base/v1/messages?beta=true');
    expect(seen?.body.equals(body)).toBe(true);
    expect(seen?.headers).toMatchObject({
      'x-api-key': KEY,
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a-1,b-2',
      'accept-encoding': 'identity',
    });
    expect(JSON.stringify(seen?.headers)).not.toContain(token);
    expect(seen?.headers).not.toHaveProperty('cookie');
  });

  it('records tokens and cost exactly, before the answer is complete', async () => {
    answer = stream(streamEvents(40), { 'request-id': 'req_1' });
    await call('/v1/messages', { body: ask({ stream: true }) });
    // 1000 × 1 + 500 × 0.10 + 40 × 5 dollars per million, and half as much again.
    expect(await usageEvents()).toMatchObject([
      {
        tenant_id: tenant.tenantId,
        user_id: tenant.userId,
        project_id: place.projectId,
        conversation_id: place.conversationId,
        agent_role: 'talkide-pm',
        model: 'talkide-demo',
        request_id: 'req_1',
        input_tokens: '1000',
        output_tokens: '40',
        cache_read_tokens: '500',
        raw_cost_usd: '0.0012500000',
        charged_cost_usd: '0.0018750000',
        executor_type: 'NETWORK_WORKER',
        outcome: 'completed',
        estimated: false,
      },
    ]);
    expect(await turnRow()).toMatchObject({
      input_tokens: '1000',
      output_tokens: '40',
      cache_read_tokens: '500',
      charged_cost_usd: '0.0018750000',
    });
    expect(changed).toHaveLength(1);
    expect(settled).toMatchObject([{ cost: 18_750_000n }]);
    await vi.waitFor(
      () =>
        // Another test's last notice may still be under way.
        expect(live.filter(({ e }) => e.turnId === turnId)).toMatchObject([
          { e: { type: 'turn.cost', turnId, costUsd: '0.001875', inputTokens: 1500, outputTokens: 40 } },
        ]),
      15_000,
    );
  });

  it('adds up parallel calls', async () => {
    answer = stream(streamEvents(40));
    await Promise.all(Array.from({ length: 8 }, () => call('/v1/messages', { body: ask({ stream: true }) })));
    expect(await usageEvents()).toHaveLength(8);
    expect(await turnRow()).toMatchObject({ input_tokens: '8000', charged_cost_usd: '0.0150000000' });
  });

  it('reads on when the agent leaves, so that the usage is exact', async () => {
    const events = streamEvents(77);
    const finish = Promise.withResolvers<void>();
    answer = async (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(events.slice(0, 4).join(''));
      await finish.promise;
      response.end(events.slice(4).join(''));
    };
    const connected = once(server, 'connection');
    await call('/v1/messages', { body: ask({ stream: true }), leave: true });
    const [socket] = (await connected) as [Socket];
    if (!socket.closed) await once(socket, 'close');
    finish.resolve();
    await vi.waitFor(
      async () =>
        expect(await usageEvents()).toMatchObject([{ output_tokens: '77', outcome: 'client_left', estimated: false }]),
      15_000,
    );
  });

  it('does not begin when the agent left while it waited for credit', async () => {
    const begun = vi.fn();
    answer = begun;
    const left = Promise.withResolvers<void>();
    server.once('request', (_request, response: ServerResponse) => response.once('close', left.resolve));
    const agent = httpRequest({
      ...{ socketPath, method: 'POST', path: '/gateway/v1/messages' },
      headers: { authorization: `Bearer ${token}` },
    });
    agent.on('error', () => {});
    creditComes = () => {
      agent.destroy();
      return left.promise;
    };
    agent.end(ask({ stream: true }));
    await vi.waitFor(() => expect(settled).toMatchObject([{ cost: 0n }]), 15_000);
    expect(begun).not.toHaveBeenCalled();
    expect(await usageEvents()).toEqual([]);
  });

  it('stops reading on after its bound and records what is known as an estimate', async () => {
    answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(77).slice(0, 4).join(''));
    };
    await call('/v1/messages', { body: ask({ stream: true }), leave: true });
    await vi.waitFor(
      async () =>
        expect(await usageEvents()).toMatchObject([{ input_tokens: '1000', outcome: 'client_left', estimated: true }]),
      15_000,
    );
  });

  it('passes a cut on as a cut', async () => {
    answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(5).slice(0, 4).join(''), () => response.destroy());
    };
    const reply = await call('/v1/messages', { body: ask({ stream: true }) });
    expect(reply.complete).toBe(false);
    expect(await usageEvents()).toMatchObject([{ outcome: 'cut', estimated: true, input_tokens: '1000' }]);
  });

  it('passes an error event and records what was charged before it', async () => {
    const error = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    answer = stream([...streamEvents(5).slice(0, 4), error]);
    const reply = await call('/v1/messages', { body: ask({ stream: true }) });
    expect(reply.body.toString()).toContain('overloaded_error');
    expect(await usageEvents()).toMatchObject([{ outcome: 'upstream_error', estimated: true }]);
  });

  it('attributes a call to the role that the worker names, and to nobody when only an id is known', async () => {
    answer = stream(streamEvents(1));
    const body = ask({ stream: true });
    await call('/v1/messages', { body, headers: { 'x-claude-code-agent-id': 'a7' } });
    await call('/v1/messages', {
      body,
      headers: { 'x-claude-code-agent-id': 'a7', 'x-talkide-agent-role': 'talkide-tester' },
    });
    await call('/v1/messages', { body, headers: { 'x-talkide-agent-role': 'root' } });
    expect((await usageEvents()).map((row) => row.agent_role)).toEqual([null, 'talkide-tester', 'talkide-pm']);
  });

  it('takes the price in force, before and after a change', async () => {
    const rows = await db.system((tx) => tx.selectFrom('model_price').selectAll().execute());
    const readRate = (at: string) => priceBook(rows, new Date(at)).priceOf('claude-sonnet-5-5')?.rates.cacheRead;
    expect(Number(readRate('2026-10-06T23:59:59.999Z'))).toBe(0.2);
    expect(Number(readRate('2026-10-07T00:00:00Z'))).toBe(0.1);
    expect(readRate('2024-01-01T00:00:00Z')).toBeUndefined();
  });

  it('takes the price of a dated model name', async () => {
    answer = stream(streamEvents(1));
    await call('/v1/messages', { body: ask({ model: 'claude-opus-4-5-20251101', stream: true }) });
    expect((await usageEvents())[0]?.raw_cost_usd).toBe('0.0052750000');
  });
});

describe('POST /v1/messages, in one piece', () => {
  const message = {
    type: 'message',
    model: 'talkide-demo',
    content: [],
    usage: {
      input_tokens: 3,
      output_tokens: 4,
      cache_creation_input_tokens: 10,
      cache_creation: { ephemeral_1h_input_tokens: 10 },
    },
  };

  it('passes the bytes and meters', async () => {
    const body = `${JSON.stringify(message, null, 1)}\n`;
    answer = (_call, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    const reply = await call('/v1/messages', { body: ask() });
    expect(reply.body.toString()).toBe(body);
    expect(await usageEvents()).toMatchObject([
      {
        input_tokens: '3',
        output_tokens: '4',
        cache_write_1h_tokens: '10',
        cache_write_5m_tokens: '0',
        outcome: 'completed',
      },
    ]);
  });

  it.each([429, 500, 529])('passes %i with its headers and charges nothing', async (status) => {
    const body = JSON.stringify({ type: 'error', error: { type: 'x', message: 'y' } });
    answer = (_call, response) =>
      void response
        .writeHead(status, {
          'content-type': 'application/json',
          'retry-after': '3',
          'x-should-retry': 'true',
          'request-id': 'r',
        })
        .end(body);
    const reply = await call('/v1/messages', { body: ask() });
    expect(reply.status).toBe(status);
    expect(reply.body.toString()).toBe(body);
    expect(reply.headers).toMatchObject({ 'retry-after': '3', 'x-should-retry': 'true', 'request-id': 'r' });
    expect(await usageEvents()).toEqual([]);
  });

  it('answers 502 when an answer breaks off', async () => {
    answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"type"', () => response.destroy());
    };
    const reply = await call('/v1/messages', { body: ask() });
    expect([reply.status, errorOf(reply).error.type, reply.headers['x-should-retry']]).toEqual([
      502,
      'api_error',
      'true',
    ]);
  });
});

describe('free calls', () => {
  it.each([
    ['POST', '/v1/messages/count_tokens', ask({ model: 'whatever' })],
    ['GET', '/v1/models?limit=5', undefined],
  ])('%s %s passes through', async (method, path, body) => {
    answer = (_call, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":5}');
    const reply = await call(path, { method, ...(body ? { body } : {}) });
    expect(reply.body.toString()).toBe('{"input_tokens":5}');
    expect(upstream.seen).toMatchObject([{ method, url: `/base${path}` }]);
    expect(upstream.seen[0]?.headers['x-api-key']).toBe(KEY);
    expect(await usageEvents()).toEqual([]);
  });
});

describe('refusals', () => {
  beforeEach(() => {
    answer = (_call, response) => void response.writeHead(200).end('{}');
  });

  it.each([
    ['no token', { authorization: '' }],
    ['a token of another kind', { authorization: `Bearer ${randomToken('tk_')}` }],
    ['an unknown token', { authorization: `Bearer ${randomToken('tkt_')}` }],
  ])('401 for %s', async (_name, headers) => {
    const reply = await call('/v1/messages', { body: ask(), headers });
    expect([reply.status, errorOf(reply).error.type, reply.headers['x-should-retry']]).toEqual([
      401,
      'authentication_error',
      'false',
    ]);
    expect(upstream.seen).toEqual([]);
  });

  it.each(['SUCCEEDED', 'QUEUED', 'CANCELLED'] as const)('401 for the token of a turn that is %s', async (status) => {
    await db.system((tx) => tx.updateTable('turn').set({ status }).where('id', '=', turnId).execute());
    expect((await call('/v1/messages', { body: ask() })).status).toBe(401);
    await db.system((tx) => tx.updateTable('turn').set({ status: 'RUNNING' }).where('id', '=', turnId).execute());
  });

  it('403 while the operator has paused the agents', async () => {
    turnsOff = true;
    const reply = await call('/v1/messages', { body: ask() });
    expect([reply.status, reply.headers['x-should-retry']]).toEqual([403, 'false']);
    expect(errorOf(reply).error.message).toContain('Maintenance.');
    expect((await turnRow()).refused_by).toBe('TURNS_OFF');
  });

  it.each(['NO_CREDIT', 'MONTHLY_LIMIT', 'PROJECT_CAP', 'TURN_CAP', 'FAIR_USE'] as const)(
    '402 for %s, which the turn remembers',
    async (reason) => {
      halted = reason;
      const reply = await call('/v1/messages', { body: ask() });
      expect([reply.status, errorOf(reply).error.type, reply.headers['x-should-retry']]).toEqual([
        402,
        'billing_error',
        'false',
      ]);
      expect((await turnRow()).refused_by).toBe(reason);
      expect(upstream.seen).toEqual([]);
    },
  );

  it('404 for an address that is none', async () => {
    expect((await call('/v1/complete', { body: ask() })).status).toBe(404);
  });

  it('401 at once when the turn ends, though its token is known', async () => {
    answer = stream(streamEvents(1));
    expect((await call('/v1/messages', { body: ask({ stream: true }) })).status).toBe(200);
    await gateway.settled(turnId);
    await db.system((tx) => tx.updateTable('turn').set({ token_hash: null }).where('id', '=', turnId).execute());
    await vi.waitFor(async () => expect((await call('/v1/messages', { body: ask() })).status).toBe(401), 15_000);
  });

  it.each(['', 'not json', '{"messages":[]}'])('400 for the body %j', async (body) => {
    const reply = await call('/v1/messages', { body });
    expect([reply.status, errorOf(reply).error.type]).toEqual([400, 'invalid_request_error']);
  });

  it('404 for a model without a price, in the form of the API', async () => {
    const reply = await call('/v1/messages', { body: ask({ model: 'gpt-7' }) });
    expect([reply.status, reply.headers['x-should-retry']]).toEqual([404, 'false']);
    expect(errorOf(reply)).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error', message: expect.stringContaining('gpt-7') },
    });
    expect(upstream.seen).toEqual([]);
  });

  it('413 for a body over 32 MB', async () => {
    const reply = await call('/v1/messages', { body: Buffer.alloc(32 * 1024 * 1024 + 1) });
    expect([reply.status, errorOf(reply).error.type]).toEqual([413, 'request_too_large']);
  });

  it('502 when the upstream cannot be reached, 504 when it is silent', async () => {
    answer = (_call, response) => void response.destroy();
    expect((await call('/v1/messages', { body: ask() })).status).toBe(502);
    answer = () => undefined;
    const reply = await call('/v1/messages', { body: ask() });
    expect([reply.status, errorOf(reply).error.type]).toEqual([504, 'timeout_error']);
  });
});

describe('the key', () => {
  it('is not told when the upstream refuses it', async () => {
    answer = (_call, response) =>
      void response.writeHead(401, { 'content-type': 'application/json' }).end(`{"error":"bad ${KEY}"}`);
    const reply = await call('/v1/messages', { body: ask() });
    expect([reply.status, reply.headers['x-should-retry']]).toEqual([403, 'false']);
    expect(reply.body.toString()).not.toContain(KEY);
  });

  it('is cut out of any error that repeats it', async () => {
    answer = (seen, response) =>
      void response.writeHead(500, { 'content-type': 'text/plain', 'x-echo': KEY }).end(JSON.stringify(seen.headers));
    const reply = await call('/v1/messages', { body: ask() });
    expect(JSON.stringify(reply.headers) + reply.body.toString()).not.toContain(KEY);
  });

  it('stands in no log line and in no row', async () => {
    expect(logged.length).toBeGreaterThan(3);
    expect(logged.join('')).not.toContain(KEY);
    expect(logged.join('')).not.toContain('tkt_');
    const rows = await db.system(async (tx) => [
      ...(await tx.selectFrom('usage_event').selectAll().execute()),
      ...(await tx.selectFrom('turn').selectAll().execute()),
    ]);
    expect(JSON.stringify(rows)).not.toContain(KEY);
  });
});
