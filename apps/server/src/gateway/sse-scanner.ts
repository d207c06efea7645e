/** One event of an event stream. */
export interface ScannedEvent {
  event: string;
  data: string;
}

/** Longest event kept; a longer one is passed over, the stream goes on. Usage events have a few hundred bytes. */
const MAX_EVENT_UNITS = 1024 * 1024;

/**
 * Reads server-sent events out of bytes that arrive in any pieces (WHATWG HTML, 9.2.6: LF, CR or CRLF line ends, comments,
 * several data lines, a byte order mark). It only looks: the bytes themselves are passed on by the caller.
 */
export class SseScanner {
  readonly #decoder = new TextDecoder('utf-8');
  /** Unfinished line. */
  #line = '';
  #lineTooLong = false;
  #afterCr = false;
  #event = '';
  #data: string[] = [];
  #size = 0;
  #tooLong = false;

  /** Takes the next piece and gives back the events that it completed. */
  push(bytes: Uint8Array): ScannedEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    // A CR that ended the last piece has ended its line already; the LF after it belongs to it.
    if (this.#afterCr && text.startsWith('\n')) text = text.slice(1);
    this.#afterCr = text.endsWith('\r');

    const events: ScannedEvent[] = [];
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#append(line);
      const found = this.#endLine();
      if (found) events.push(found);
    }
    this.#append(rest);
    return events;
  }

  #append(text: string): void {
    if (this.#lineTooLong) return;
    if (this.#line.length + text.length > MAX_EVENT_UNITS) {
      this.#lineTooLong = true;
      this.#line = '';
      return;
    }
    this.#line += text;
  }

  #endLine(): ScannedEvent | undefined {
    const line = this.#line;
    const tooLong = this.#lineTooLong;
    this.#line = '';
    this.#lineTooLong = false;
    if (tooLong) {
      this.#tooLong = true;
      return undefined;
    }
    if (line === '') return this.#dispatch();
    this.#field(line);
    return undefined;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') this.#event = value;
    if (name !== 'data') return;
    this.#size += value.length;
    if (this.#size > MAX_EVENT_UNITS) this.#tooLong = true;
    else this.#data.push(value);
  }

  #dispatch(): ScannedEvent | undefined {
    const found =
      this.#data.length > 0 && !this.#tooLong
        ? { event: this.#event || 'message', data: this.#data.join('\n') }
        : undefined;
    this.#event = '';
    this.#data = [];
    this.#size = 0;
    this.#tooLong = false;
    return found;
  }
}
