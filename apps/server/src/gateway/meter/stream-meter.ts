import { z } from 'zod';
import { SseScanner } from './sse-scanner.ts';
import { mergeUsage, noUsage, type Usage, usageOfMessage } from './usage.ts';

const StreamEvent = z.object({
  type: z.string(),
  message: z.unknown().optional(),
  usage: z.unknown().optional(),
  error: z.object({ type: z.string() }).optional().catch(undefined),
});

/** Event types worth parsing; deltas of content are most of a stream and carry no usage. */
const METERED: ReadonlySet<string> = new Set(['message_start', 'message_delta', 'message_stop', 'error']);

/** Meters a streamed answer as its bytes pass. */
export class StreamMeter {
  readonly #scanner = new SseScanner(METERED);
  /** Null until the upstream has accepted the call (`message_start`). */
  usage: Usage | null = null;
  /** The stream has said its last word: everything that is charged is known. */
  complete = false;
  /** Type of an `error` event in the stream. */
  errorType: string | null = null;

  push(bytes: Uint8Array): void {
    for (const { event, data } of this.#scanner.push(bytes)) this.#take(event, data);
  }

  #take(event: string, data: string): void {
    // The last event of a stream holds nothing else.
    if (event === 'message_stop') {
      this.complete = true;
      return;
    }
    const parsed = StreamEvent.safeParse(toJson(data));
    if (!parsed.success) return;
    const { type, message, usage, error } = parsed.data;
    if (type === 'message_start') this.usage = usageOfMessage(message) ?? noUsage;
    if (type === 'message_delta') this.usage = mergeUsage(this.usage ?? noUsage, usage);
    if (type === 'error') this.errorType = error?.type ?? 'error';
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
