import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { gatewayForFile } from './testing/for-file.ts';
import { runningTurn } from './testing/rig.ts';

const STREAMS = 10_000;
const AT_ONCE = 100;

interface Counted {
  input: number;
  output: number;
  cacheRead: number;
  write5m: number;
  write1h: number;
}
/** A stream as the upstream sends it, and what it has counted by its end. */
interface Stream {
  bytes: Buffer;
  /** Where the upstream cuts it into writes. */
  cuts: number[];
  /** Bytes that are sent before the connection breaks; null: all, and it ends well. */
  brokenAt: number | null;
  /** Usage after so many bytes. */
  counted: { upTo: number; usage: Counted }[];
  /** Bytes after which the stream is complete; null: it never is. */
  completeAt: number | null;
}

const count = fc.nat(200_000);
const maybe = fc.option(count, { nil: null });
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const start = fc.record({ input: count, output: fc.nat(3), cacheRead: maybe, write5m: count, write1h: count });
const delta = fc.record({ output: count, input: maybe, cacheRead: maybe, nothing: fc.boolean() });

type Start = typeof start extends fc.Arbitrary<infer T> ? T : never;
type Delta = typeof delta extends fc.Arbitrary<infer T> ? T : never;

const stream: fc.Arbitrary<Stream> = fc
  .record({
    start,
    deltas: fc.array(delta, { maxLength: 3 }),
    texts: fc.array(text, { maxLength: 4 }),
    eol: fc.constantFrom('\n', '\r\n'),
    comment: fc.boolean(),
    end: fc.constantFrom('stop', 'stop', 'stop', 'error', 'nothing'),
    cuts: fc.array(fc.nat(), { maxLength: 8 }),
    breakAt: fc.option(fc.nat(), { nil: null, freq: 3 }),
  })
  .map(build);

function build(plan: {
  start: Start;
  deltas: Delta[];
  texts: string[];
  eol: string;
  comment: boolean;
  end: string;
  cuts: number[];
  breakAt: number | null;
}): Stream {
  const pieces: Buffer[] = [];
  let size = 0;
  const counted: Stream['counted'] = [];
  const send = (event: { type: string; [field: string]: unknown }) => {
    const lines = [`event: ${event.type}`, ...(plan.comment ? [': keep'] : []), `data: ${JSON.stringify(event)}`, ''];
    const bytes = Buffer.from(lines.map((line) => line + plan.eol).join(''));
    pieces.push(bytes);
    size += bytes.length;
  };
  let usage: Counted = {
    ...{ input: plan.start.input, output: plan.start.output, cacheRead: plan.start.cacheRead ?? 0 },
    ...{ write5m: plan.start.write5m, write1h: plan.start.write1h },
  };
  send({ type: 'message_start', message: { model: 'talkide-demo', usage: wireStart(plan.start) } });
  // A lone CR ends a line already: the last LF tells nothing more.
  const heard = () => size - (plan.eol.length - 1);
  counted.push({ upTo: heard(), usage });
  for (const one of plan.texts)
    send({ type: 'content_block_delta', delta: { text: `${one} usage: {"output_tokens":9}` } });
  for (const one of plan.deltas) {
    send({ type: 'message_delta', delta: {}, usage: wireDelta(one) });
    if (!one.nothing) {
      usage = {
        ...usage,
        output: one.output,
        input: one.input ?? usage.input,
        cacheRead: one.cacheRead ?? usage.cacheRead,
      };
    }
    counted.push({ upTo: heard(), usage });
  }
  if (plan.end === 'stop') send({ type: 'message_stop' });
  if (plan.end === 'error') send({ type: 'error', error: { type: 'overloaded_error' } });
  const bytes = Buffer.concat(pieces);
  return {
    ...{ bytes, cuts: plan.cuts, counted },
    brokenAt: plan.breakAt === null ? null : plan.breakAt % (bytes.length + 1),
    completeAt: plan.end === 'stop' ? heard() : null,
  };
}

const wireStart = (plan: Start) => ({
  ...{ input_tokens: plan.input, output_tokens: plan.output, cache_read_input_tokens: plan.cacheRead },
  cache_creation_input_tokens: plan.write5m + plan.write1h,
  cache_creation: { ephemeral_5m_input_tokens: plan.write5m, ephemeral_1h_input_tokens: plan.write1h },
});
const wireDelta = (plan: Delta) =>
  plan.nothing ? {} : { output_tokens: plan.output, input_tokens: plan.input, cache_read_input_tokens: plan.cacheRead };

const { db } = await testDatabase();
const sent = new Map<string, Stream>();
/** The upstream: sends the stream that the path names, in its own pieces. */
const upstream = createServer((incoming, response) => {
  incoming.resume();
  const id = new URL(incoming.url ?? '', 'http://x').searchParams.get('id') ?? '';
  const one = sent.get(id);
  if (!one) return void response.writeHead(500).end();
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': id });
  const bytes = one.bytes.subarray(0, one.brokenAt ?? one.bytes.length);
  const edges = [0, ...one.cuts.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let at = 1; at < edges.length; at++) response.write(bytes.subarray(edges[at - 1], edges[at]));
  if (one.brokenAt === null) response.end();
  // Only once all of it has left.
  else response.write('', () => response.socket?.end(() => response.destroy()));
});
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
afterAll(() => {
  agent.destroy();
  upstream.closeAllConnections();
  upstream.close();
});
const rig = await gatewayForFile(db, `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
const { token, turnId } = await runningTurn(db);

function call(id: string): Promise<{ bytes: Buffer; complete: boolean }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${rig.url}/v1/messages?id=${encodeURIComponent(id)}`,
      { agent, method: 'POST', headers: { authorization: `Bearer ${token}` } },
      (incoming) => {
        const chunks: Buffer[] = [];
        const done = () => resolve({ bytes: Buffer.concat(chunks), complete: incoming.complete });
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', done);
        incoming.on('error', done);
      },
    );
    outgoing.on('error', reject);
    outgoing.end('{"model":"talkide-demo","max_tokens":9,"stream":true,"messages":[]}');
  });
}

/** What the upstream had counted when it fell silent. */
function countedBy(one: Stream): Counted {
  const until = one.brokenAt ?? one.bytes.length;
  const none = { input: 0, output: 0, cacheRead: 0, write5m: 0, write1h: 0 };
  return one.counted.findLast(({ upTo }) => upTo <= until)?.usage ?? none;
}

/** What went in, came out and was recorded of a stream, in a form that is the same when all is well. */
function expected(id: string, one: Stream) {
  const until = one.brokenAt ?? one.bytes.length;
  const isComplete = one.completeAt !== null && until >= one.completeAt;
  return {
    id,
    bytes: one.bytes.toString('hex', 0, until),
    ended: one.brokenAt === null,
    isComplete,
    ...countedBy(one),
  };
}

async function recordedOf(ids: readonly string[]) {
  await rig.gateway.settled(turnId);
  const rows = await db.system((tx) =>
    tx
      .selectFrom('usage_event')
      .selectAll()
      .where('request_id', 'in', [...ids])
      .execute(),
  );
  return new Map(
    rows.map((row) => [
      row.request_id,
      {
        isComplete: row.outcome === 'completed' && !row.estimated,
        input: Number(row.input_tokens),
        output: Number(row.output_tokens),
        cacheRead: Number(row.cache_read_tokens),
        write5m: Number(row.cache_write_5m_tokens),
        write1h: Number(row.cache_write_1h_tokens),
      },
    ]),
  );
}

const seed = Date.now() % 2_147_483_647;
const streams = fc.sample(stream, { numRuns: STREAMS, seed });
test(`${STREAMS} streams come out as they went in, and are recorded as the upstream counted them (seed ${seed})`, async () => {
  for (let from = 0; from < STREAMS; from += AT_ONCE) {
    const named = streams.slice(from, from + AT_ONCE).map((one, index) => [`stream ${from + index}`, one] as const);
    for (const [id, one] of named) sent.set(id, one);
    const answers = await Promise.all(named.map(([id]) => call(id)));
    const recorded = await recordedOf(named.map(([id]) => id));
    for (const [index, [id, one]] of named.entries()) {
      const answer = answers[index];
      expect({ id, bytes: answer?.bytes.toString('hex'), ended: answer?.complete, ...recorded.get(id) }).toEqual(
        expected(id, one),
      );
      sent.delete(id);
    }
  }
}, 240_000);
