import { performance } from 'node:perf_hooks';
import { toUnits } from '../../platform/money.ts';
import { StreamMeter } from '../meter/stream-meter.ts';
import { noUsage, type Usage, usageOfMessage } from '../meter/usage.ts';
import type { GatewayDeps, Log } from '../ports.ts';
import type { PriceBook } from '../prices/price-book.ts';
import { type CallOutcome, type MeteredCall, recordOf } from '../record/call-record.ts';
import type { Journal } from '../record/journal.ts';
import type { Recorder } from '../record/recorder.ts';
import { scanMembers } from '../request/json-scan.ts';
import type { Client } from './client.ts';
import type { Observer } from './exchange.ts';

export interface MeterOptions {
  call: MeteredCall;
  reserved: bigint;
  prices: PriceBook;
  client: Client;
  journal: Journal;
  recorder: Recorder;
  credit: GatewayDeps['credit'];
  log: Log;
}

/** Meters a call as it passes, and records it before the worker can know that the answer is complete. */
export function meterCall(options: MeterOptions): Observer {
  const { call, reserved, prices, client, journal, recorder, credit, log } = options;
  const begun = performance.now();
  const meter = new StreamMeter();
  let requestId: string | null = null;
  let isAccepted = false;
  let usage: Usage | null = null;
  let recorded = false;

  const record = (outcome: CallOutcome, complete: boolean) => {
    if (recorded) return;
    recorded = true;
    const latencyMs = Math.round(performance.now() - begun);
    const end = { requestId, outcome, complete: complete && usage !== null, latencyMs, at: new Date() };
    const row = recordOf(call, usage ?? noUsage, prices, end);
    recorder
      .add(row)
      .then(() => credit.settle(call.turn.id, reserved, toUnits(row.charged_cost_usd)))
      .catch((error: unknown) => log.error({ err: error, callId: call.callId }, 'A reservation was not given back'));
  };
  const drop = () => {
    recorded = true;
    journal.dropped(call.callId);
    credit.settle(call.turn.id, reserved, 0n);
  };

  return {
    accepted: (id) => {
      isAccepted = true;
      requestId = id;
    },
    streamed: (bytes) => {
      meter.push(bytes);
      if (usage === null && meter.usage !== null) journal.accepted(call.callId, meter.usage);
      usage = meter.usage;
      if (meter.complete) record(client.left ? 'client_left' : 'completed', true);
    },
    whole: (body) => {
      usage = usageOfBody(body);
      record(client.left ? 'client_left' : 'completed', true);
    },
    over: (end) => {
      if (recorded) return;
      if (!isAccepted || end === 'refused') return drop();
      if (client.left) record('client_left', false);
      else record(meter.errorType && end === 'ended' ? 'upstream_error' : 'cut', false);
    },
  };
}

function usageOfBody(body: Buffer): Usage | null {
  const members = scanMembers(body, ['model', 'usage']);
  const json = (name: string) => members?.get(name)?.toString('utf8') ?? 'null';
  try {
    return usageOfMessage({ model: JSON.parse(json('model')), usage: JSON.parse(json('usage')) });
  } catch {
    return null;
  }
}
