import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseParser, type SseEvent } from './sse-parser';

function parse(...chunks: string[]): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = createSseParser((event) => events.push(event));
  for (const chunk of chunks) parser.push(chunk);
  return events;
}

describe('createSseParser', () => {
  it('reads id, event and data', () => {
    expect(parse('id: 7\nevent: turn\ndata: {"a":1}\n\n')).toEqual([{ id: '7', event: 'turn', data: '{"a":1}' }]);
  });

  it('joins data lines, skips comments and unknown fields, and keeps the last id', () => {
    const stream = ': heartbeat\n\nid: 1\ndata: a\ndata: b\nretry: 10\n\ndata:c\n\n';
    expect(parse(stream)).toEqual([
      { id: '1', event: 'message', data: 'a\nb' },
      { id: '1', event: 'message', data: 'c' },
    ]);
  });

  it('gives nothing for an unfinished event or one without data', () => {
    expect(parse('event: x\n\ndata: half\n')).toEqual([]);
  });

  it('takes an empty id as one, and none that holds NUL', () => {
    expect(parse('id: 5\ndata: a\n\nid\ndata: b\n\nid: \0\ndata: c\n\n').map((event) => event.id)).toEqual([
      '5',
      '',
      '',
    ]);
  });

  it('reads the same wherever the chunks break, with any line ending', () => {
    const lines = fc.array(fc.constantFrom('id: 3', 'data: ž č', 'data', 'event: e', ': c', 'data: {"x":[1]}', ''));
    const ending = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.nat(200), { maxLength: 12 });
    fc.assert(
      fc.property(lines, ending, cuts, (texts, end, at) => {
        const stream = `${[...texts, '', ''].join(end)}: last`;
        const points = [0, ...at.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const chunks = points.slice(1).map((point, index) => stream.slice(points[index], point));
        expect(parse(...chunks)).toEqual(parse(stream.replaceAll(end, '\n')));
      }),
    );
  });
});
