import type { Readable } from 'node:stream';
import type { Client } from './client.ts';
import { workerHeaders } from './headers.ts';
import type { GatewayDeps, GatewayTimings } from './ports.ts';
import { type CallOutcome, type MeteredCall, recordUsage } from './record-usage.ts';
import { refusals } from './refusals.ts';
import { StreamMeter } from './stream-meter.ts';
import type { UpstreamAnswer, UpstreamClient, UpstreamRequest } from './upstream.ts';
import { type Usage, usageOfMessage } from './usage.ts';

/** Largest answer that is not a stream. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export interface Forward {
  deps: GatewayDeps;
  timings: GatewayTimings;
  upstream: UpstreamClient;
  client: Client;
  request: Omit<UpstreamRequest, 'signal'>;
  requestId: string;
}

/** Sends a call to the upstream and its answer back, byte for byte. `metered` null: the call is free. */
export async function forward(one: Forward, metered: Omit<MeteredCall, 'requestId'> | null): Promise<void> {
  const { signal, dispose } = readOn(one.client.left, one.timings.readOnMs);
  try {
    const answer = await one.upstream.call({ ...one.request, signal });
    if (answer.status >= 400) return await passError(one, answer);
    const upstreamId = answer.headers['request-id'];
    const call = metered && { ...metered, requestId: typeof upstreamId === 'string' ? upstreamId : null };
    const isStream = String(answer.headers['content-type'] ?? '').startsWith('text/event-stream');
    await (isStream ? passStream(one, answer, call) : passBody(one, answer, call));
  } finally {
    dispose();
  }
}

/** A client that leaves is charged all the same, so the upstream is read on for a while. */
function readOn(left: AbortSignal, ms: number): { signal: AbortSignal; dispose(): void } {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => ended.abort(), ms);
  };
  left.addEventListener('abort', begin, { once: true });
  return {
    signal: ended.signal,
    dispose: () => {
      left.removeEventListener('abort', begin);
      clearTimeout(timer);
    },
  };
}

async function passStream(one: Forward, answer: UpstreamAnswer, call: MeteredCall | null): Promise<void> {
  const { client, deps } = one;
  const meter = new StreamMeter();
  let recorded = false;
  const record = async (outcome: CallOutcome) => {
    if (recorded || !call) return;
    recorded = true;
    await safely(deps, call, meter.usage, outcome, meter.complete);
  };
  client.begin(answer.status, workerHeaders(answer.headers));
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      meter.push(chunk);
      // Recorded before the worker can know that the answer is complete, so that a turn never ends without its cost.
      if (meter.complete) await record(client.left.aborted ? 'client_left' : 'completed');
      await client.write(chunk);
    }
  } catch {
    await record(client.left.aborted ? 'client_left' : 'cut');
    return client.cut();
  }
  await record(meter.errorType ? 'upstream_error' : 'cut');
  client.end();
}

async function passBody(one: Forward, answer: UpstreamAnswer, call: MeteredCall | null): Promise<void> {
  const body = await readAll(answer.body, MAX_BODY_BYTES);
  if (!body) return one.client.refuse(refusals.broken, one.requestId);
  if (call) {
    const outcome = one.client.left.aborted ? 'client_left' : 'completed';
    await safely(one.deps, call, usageOfMessage(toJson(body)), outcome, true);
  }
  one.client.begin(answer.status, { ...workerHeaders(answer.headers), 'content-length': String(body.length) });
  one.client.end(body);
}

/** Errors are not charged. They pass as they are, unless they would tell something about the key. */
async function passError(one: Forward, answer: UpstreamAnswer): Promise<void> {
  const { client, deps, requestId, upstream } = one;
  const body = await readAll(answer.body, MAX_BODY_BYTES);
  const upstreamId = answer.headers['request-id'];
  deps.log.warn({ requestId, upstreamId, status: answer.status }, 'The model API answered with an error');
  if (!body) return client.refuse(refusals.broken, requestId);
  if (answer.status === 401 || upstream.mentionsKey(body)) return client.refuse(refusals.keyRefused, requestId);
  client.begin(answer.status, { ...workerHeaders(answer.headers), 'content-length': String(body.length) });
  client.end(body);
}

async function safely(
  deps: GatewayDeps,
  call: MeteredCall,
  usage: Usage | null,
  outcome: CallOutcome,
  complete: boolean,
): Promise<void> {
  if (!usage) {
    deps.log.warn({ turnId: call.turn.id, requestId: call.requestId, outcome }, 'An accepted call reported no usage');
    return;
  }
  try {
    await recordUsage(deps, call, usage, { outcome, complete });
  } catch (error) {
    // The log is the last resort: everything that the row would have held.
    deps.log.error(
      { err: error, turnId: call.turn.id, requestId: call.requestId, usage, outcome },
      'Usage not recorded',
    );
  }
}

/** All bytes of an answer; null when it breaks off or is too large. */
async function readAll(body: Readable, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

function toJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
