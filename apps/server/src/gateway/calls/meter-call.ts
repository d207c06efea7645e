import type { Kit } from '../kit.ts';
import { StreamMeter } from '../meter/stream-meter.ts';
import { noUsage, type Usage, usageOfMessage } from '../meter/usage.ts';
import type { PriceBook } from '../prices/price-book.ts';
import { type CallOutcome, type MeteredCall, recordOf } from '../record/call-record.ts';
import { scanMembers } from '../request/json-scan.ts';
import type { Client } from './client.ts';
import type { CallEnding, Observer } from './observer.ts';

export interface MeterOptions {
  reserved: bigint;
  prices: PriceBook;
  client: Client;
  kit: Pick<Kit, 'journal' | 'recorder' | 'deps'>;
}

/** Meters a call as it passes, and records it before the worker can know that the answer is complete. */
export class CallMeter implements Observer {
  readonly #call: MeteredCall;
  readonly #options: MeterOptions;
  readonly #begun = performance.now();
  #stream: StreamMeter | null = null;
  #requestId: string | null = null;
  #isAccepted = false;
  #usage: Usage | null = null;
  #recorded = false;

  constructor(call: MeteredCall, options: MeterOptions) {
    this.#call = call;
    this.#options = options;
  }

  accepted(id: string | null): void {
    this.#isAccepted = true;
    this.#requestId = id;
  }

  streamed(bytes: Buffer): void {
    this.#stream ??= new StreamMeter();
    const { usage, complete } = this.#stream.push(bytes);
    // What a stream ends with is in its record; only one that goes on can be lost with this process.
    if (this.#usage === null && usage !== null && !complete) {
      this.#options.kit.journal.accepted(this.#call.callId, usage);
    }
    this.#usage = usage;
    if (complete) this.#record(this.#options.client.left ? 'client_left' : 'completed', true);
  }

  whole(body: Buffer): void {
    this.#usage = usageOfBody(body);
    this.#record(this.#options.client.left ? 'client_left' : 'completed', true);
  }

  over(ending: CallEnding): void {
    if (this.#recorded) return;
    if (!this.#isAccepted || ending === 'refused') this.#drop();
    else if (this.#options.client.left) this.#record('client_left', false);
    else this.#record(this.#stream?.errorType && ending === 'ended' ? 'upstream_error' : 'cut', false);
  }

  #record(outcome: CallOutcome, isLastWord: boolean): void {
    if (this.#recorded) return;
    this.#recorded = true;
    const { prices, kit, reserved } = this.#options;
    const record = recordOf(this.#call, this.#usage ?? noUsage, prices, {
      requestId: this.#requestId,
      outcome,
      complete: isLastWord && this.#usage !== null,
      latencyMs: Math.round(performance.now() - this.#begun),
      at: new Date(),
    });
    kit.recorder.add(record, reserved);
  }

  #drop(): void {
    this.#recorded = true;
    const { kit, reserved } = this.#options;
    try {
      kit.journal.dropped(this.#call.callId);
    } catch (error) {
      // Then the next start takes it for a call that was cut off: an estimate is recorded of what nobody answered.
      kit.deps.log.error({ err: error, callId: this.#call.callId }, 'The journal of calls cannot be written');
    }
    kit.deps.credit.settle(this.#call.turn.id, reserved, 0n);
  }
}

function usageOfBody(body: Buffer): Usage | null {
  const [model, usage] = scanMembers([body], ['model', 'usage']) ?? [];
  if (usage === undefined) return null;
  try {
    return usageOfMessage({ model: model === undefined ? null : JSON.parse(model), usage: JSON.parse(usage) });
  } catch {
    return null;
  }
}
