import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScannedEvent, SseScanner, wantedEvents } from './sse-scanner.ts';

const scan = (pieces: Uint8Array[]): ScannedEvent[] => {
  const scanner = new SseScanner();
  return pieces.flatMap((piece) => scanner.push(piece));
};

/** Cuts bytes at the given places, wherever they fall. */
const cut = (bytes: Uint8Array, places: number[]): Uint8Array[] => {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
};

const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n\0]/g, ' '));
const event = fc.record({ event: line, data: fc.array(line, { minLength: 1, maxLength: 3 }), comment: fc.boolean() });
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

describe('SseScanner', () => {
  it('finds the same events wherever the pieces are cut, whatever the line ends', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 5 }),
        lineEnd,
        fc.array(fc.nat(), { maxLength: 30 }),
        (events, eol, places) => {
          const text = events
            .map(({ event: name, data, comment }) => {
              const lines = [
                `event: ${name}`,
                ...(comment ? [': ping'] : []),
                ...data.map((one) => `data: ${one}`),
                '',
              ];
              return lines.map((one) => one + eol).join('');
            })
            .join('');
          const expected = events.map(({ event: name, data }) => ({ event: name || 'message', data: data.join('\n') }));
          expect(scan(cut(new TextEncoder().encode(text), places))).toEqual(expected);
        },
      ),
    );
  });

  it('finds the same wanted events as one that looks at all of them', () => {
    const wanted = wantedEvents(['message_start', 'error'], ['ssage_', 'rror']);
    const name = fc.constantFrom('message_start', 'error', 'content_block_delta', 'ping', '');
    const data = fc.constantFrom('{}', 'event: error', 'an error', 'message_start', '', 'x'.repeat(50));
    const block = fc
      .tuple(name, fc.array(data, { maxLength: 2 }), fc.constantFrom('', ': error\n', 'event: error\n', '\n', '\uFEFF'))
      .map(([event, lines, odd]) => `event: ${event}\n${lines.map((one) => `data: ${one}\n`).join('')}${odd}\n`);
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        lineEnd,
        (blocks, places, eol) => {
          const bytes = new TextEncoder().encode(blocks.join('').replaceAll('\n', eol));
          const scanner = new SseScanner(wanted);
          const found = cut(bytes, places).flatMap((piece) => {
            // The memory of a piece is used again as soon as it is scanned.
            const own = Uint8Array.from(piece);
            const events = scanner.push(own);
            own.fill(0x0a);
            return events;
          });
          expect(found).toEqual(scan([bytes]).filter((one) => wanted.names.has(one.event)));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('reads byte by byte through multi-byte characters and CRLF', () => {
    const bytes = new TextEncoder().encode('event: příběh\r\ndata: 🍀 čaj\r\n\r\ndata: b\r\n\r\n');
    expect(scan([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([
      { event: 'příběh', data: '🍀 čaj' },
      { event: 'message', data: 'b' },
    ]);
  });

  it('takes fields without a space or a colon, skips unknown ones and a byte order mark', () => {
    const bytes = new TextEncoder().encode('\uFEFFid: 7\nevent:x\ndata:a\ndata\nretry: 5\n\n');
    expect(scan([bytes])).toEqual([{ event: 'x', data: 'a\n' }]);
  });

  it('leaves out an event without data and one that is not ended', () => {
    expect(scan([new TextEncoder().encode('event: a\n\ndata: b\n')])).toEqual([]);
  });

  it('passes over an event beyond its bound and goes on', () => {
    const long = 'x'.repeat(600_000);
    const bytes = new TextEncoder().encode(`data: ${long}\ndata: ${long}\n\ndata: ${long}${long}\n\ndata: next\n\n`);
    expect(scan(cut(bytes, [1000, 700_000, 1_500_000]))).toEqual([{ event: 'message', data: 'next' }]);
  });
});
