/** One server-sent event; `id` is the last one seen in the stream so far. */
export interface SseEvent {
  id: string | null;
  event: string;
  data: string;
}

/**
 * Splits a stream of text into server-sent events, wherever the chunks break (also between CR and LF). Comments and
 * unknown fields are skipped; an event without data is none.
 */
export function createSseParser(emit: (event: SseEvent) => void) {
  let rest = '';
  let id: string | null = null;
  let event = '';
  let data: string[] = [];

  function dispatch(): void {
    if (data.length > 0) emit({ id, event: event || 'message', data: data.join('\n') });
    event = '';
    data = [];
  }

  function line(text: string): void {
    if (text === '') {
      dispatch();
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  return {
    push(chunk: string): void {
      const text = rest + chunk;
      // A CR at the very end may be half of a CRLF: keep it for the next chunk.
      const usable = text.endsWith('\r') ? text.length - 1 : text.length;
      const lines = text.slice(0, usable).split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? '') + text.slice(usable);
      for (const one of lines) line(one);
    },
  };
}
