import { objectOf, textOf } from './json-fields.ts';
import { SseScanner, wantedEvents } from './sse-scanner.ts';
import { mergeUsage, noUsage, type Usage, usageOfMessage } from './usage.ts';

/** Event types worth parsing; deltas of content are most of a stream and carry no usage. */
const METERED = wantedEvents(['message_start', 'message_delta', 'message_stop', 'error'], ['ssage_', 'rror']);

/** Meters a streamed answer as its bytes pass. */
export class StreamMeter {
  readonly #scanner = new SseScanner(METERED);
  /** Null until the upstream has accepted the call (`message_start`). */
  usage: Usage | null = null;
  /** The stream has said its last word: everything that is charged is known. */
  complete = false;
  /** Type of an `error` event in the stream. */
  errorType: string | null = null;

  /** Takes the next bytes; gives back itself, with what is known now. */
  push(bytes: Uint8Array): this {
    for (const { event, data } of this.#scanner.push(bytes)) this.#take(event, data);
    return this;
  }

  #take(name: string, data: string): void {
    // The last event of a stream holds nothing else.
    if (name === 'message_stop') {
      this.complete = true;
      return;
    }
    const event = objectOf(toJson(data));
    if (event?.type === 'message_start') this.usage = usageOfMessage(event.message) ?? noUsage;
    if (event?.type === 'message_delta') this.usage = mergeUsage(this.usage ?? noUsage, event.usage);
    if (event?.type === 'error') this.errorType = textOf(objectOf(event.error)?.type) ?? 'error';
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
