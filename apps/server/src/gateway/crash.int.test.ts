import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { type SeenCall, startStandIn, streamEvents } from './stand-in.fixture.ts';
import { runningTurn, startGateway } from './testing/rig.ts';

const { db, url: databaseUrl } = await testDatabase();
let answer: Parameters<typeof startStandIn>[0] = () => {};
const upstream = await startStandIn((call: SeenCall, response) => answer(call, response));
const folder = await mkdtemp(join(tmpdir(), 'tk-crash-'));
const processes: ChildProcess[] = [];
afterAll(async () => {
  for (const one of processes) one.kill('SIGKILL');
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a gateway process on the journal of this file. */
async function start(): Promise<{ url: string; kill(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'testing/gateway-process.ts'), {
    env: { ...process.env, DATABASE_URL: databaseUrl, UPSTREAM: upstream.url, JOURNAL_DIR: folder },
  });
  processes.push(child);
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

let turn: Awaited<ReturnType<typeof runningTurn>>;
beforeEach(async () => {
  upstream.seen.length = 0;
  turn = await runningTurn(db);
});
/** Makes a streamed call; resolves with the answer's beginning. */
function call(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/messages`,
      { method: 'POST', agent: new Agent(), headers: { authorization: `Bearer ${turn.token}` } },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end('{"model":"talkide-demo","max_tokens":9,"stream":true,"messages":[]}');
  });
}
const rows = () =>
  db.system((tx) =>
    tx
      .selectFrom('usage_event')
      .select(['input_tokens', 'output_tokens', 'outcome', 'estimated', 'charged_cost_usd'])
      .where('turn_id', '=', turn.turnId)
      .execute(),
  );
const events = streamEvents(77);

describe('a gateway that is killed', () => {
  it('has lost no call whose end a worker has seen, and counts it once', async () => {
    answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events.join(''));
    };
    const first = await start();
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(first.url)));
    await Promise.all(answers.map(async (one) => one.resume() && once(one, 'end')));
    await first.kill();
    const [journal = ''] = await readdir(folder);
    await copyFile(join(folder, journal), join(folder, `again-${journal}`));
    const second = await start();
    expect(await rows()).toHaveLength(20);
    expect(await rows()).toContainEqual(expect.objectContaining({ output_tokens: '77', outcome: 'completed' }));
    await second.kill();
  });

  it('records of a call in mid-stream what the upstream had reported, as an estimate', async () => {
    answer = (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events.slice(0, 4).join(''));
    };
    const first = await start();
    const reply = await call(first.url);
    await once(reply, 'data');
    reply.on('error', () => {});
    await first.kill();
    await (await start()).kill();
    expect(await rows()).toEqual([
      {
        input_tokens: '1000',
        output_tokens: '1',
        outcome: 'gateway_lost',
        estimated: true,
        charged_cost_usd: '0.0010550000',
      },
    ]);
  });

  it('charges nothing for a call that the upstream had not accepted', async () => {
    answer = () => {};
    const first = await start();
    call(first.url).catch(() => {});
    await vi.waitFor(() => expect(upstream.seen.length).toBeGreaterThan(0), 15_000);
    await first.kill();
    await (await start()).kill();
    expect(await rows()).toMatchObject([{ outcome: 'gateway_lost', charged_cost_usd: '0.0000000000' }]);
  });
});

describe('a gateway that stops', () => {
  it('lets calls under way end, refuses new ones, and leaves an empty journal', async () => {
    const finish = Promise.withResolvers<void>();
    answer = async (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events.slice(0, 4).join(''));
      await finish.promise;
      response.end(events.slice(4).join(''));
    };
    const journalDir = await mkdtemp(join(tmpdir(), 'tk-drain-'));
    const rig = await startGateway(db, upstream.url, { journalDir });
    const reply = await call(rig.url);
    const chunks: Buffer[] = [];
    reply.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = once(reply, 'end');
    const late = await call(rig.url);
    late.resume();
    const lateEnded = once(late, 'end');
    const stopping = rig.gateway.close();
    const refused = await call(rig.url);
    expect([refused.statusCode, refused.headers['x-should-retry']]).toEqual([503, 'true']);
    finish.resolve();
    await Promise.all([ended, lateEnded]);
    await stopping;
    expect(Buffer.concat(chunks).toString()).toBe(events.join(''));
    expect(await rows()).toMatchObject([{ outcome: 'completed' }, { outcome: 'completed' }]);
    expect(await readdir(journalDir)).toEqual([]);
    await rig.close().catch(() => {});
    await rm(journalDir, { recursive: true, force: true });
  });
});
