import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError, ResponseParser } from './response-parser.ts';

interface Read {
  status: number;
  headers: Record<string, string>;
  body: string;
  end: 'reusable' | 'closed' | null;
}

/** Reads a response that arrives in pieces cut at these places; then the connection closes. */
function read(bytes: Buffer, places: readonly number[] = []): Read {
  const got: Read = { status: 0, headers: {}, body: '', end: null };
  const chunks: Buffer[] = [];
  const parser = new ResponseParser({
    head: (status, headers) => Object.assign(got, { status, headers: Object.fromEntries(headers) }),
    data: (piece) => void chunks.push(Buffer.from(piece)),
    end: (reusable) => {
      got.end = reusable ? 'reusable' : 'closed';
    },
  });
  const edges = [0, ...places.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let at = 1; at < edges.length; at++) {
    // The memory of a piece is used again as soon as it is parsed.
    const piece = Buffer.from(bytes.subarray(edges[at - 1], edges[at]));
    parser.push(piece);
    piece.fill('!');
  }
  parser.close();
  got.body = Buffer.concat(chunks).toString();
  return got;
}
const text = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
const chunked = (parts: readonly Buffer[]) =>
  Buffer.concat([
    ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)};ext=1\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\ntrailer: x\r\n\r\n'),
  ]);

describe('ResponseParser', () => {
  it('reads a chunked body the same wherever the pieces are cut', () => {
    const part = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 30 }), (parts, places) => {
        const head = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: a\r\nx: b\r\n\r\n');
        const got = read(Buffer.concat([head, chunked(parts)]), places);
        expect(got).toMatchObject({ status: 200, end: 'reusable', headers: { x: 'a, b' } });
        expect(got.body).toBe(Buffer.concat(parts).toString());
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads a counted body, an empty one, and one that ends with the connection', () => {
    expect(read(text('HTTP/1.1 201 Created', 'Content-Length: 2', '', 'ok'))).toMatchObject({
      ...{ status: 201, body: 'ok', end: 'reusable' },
    });
    expect(read(text('HTTP/1.1 204 No Content', '', ''))).toMatchObject({ body: '', end: 'reusable' });
    expect(read(text('HTTP/1.1 200', '', 'all of it'))).toMatchObject({ body: 'all of it', end: 'closed' });
  });

  it('knows when a connection is of no more use', () => {
    const closing = text('HTTP/1.1 200 OK', 'Connection: Close', 'Content-Length: 0', '', '');
    expect(read(closing).end).toBe('closed');
    expect(read(text('HTTP/1.0 200 OK', 'Content-Length: 0', '', '')).end).toBe('closed');
    const both = text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Content-Length: 3', '', '0', '', '');
    expect(read(both).end).toBe('closed');
  });

  it('passes over what comes before the response', () => {
    const early = text('HTTP/1.1 100 Continue', '', 'HTTP/1.1 200 OK', 'Content-Length: 1', '', 'x');
    expect(read(early)).toMatchObject({ status: 200, body: 'x' });
  });

  it('tells a cut from an end', () => {
    expect(read(text('HTTP/1.1 200 OK', 'Content-Length: 9', '', 'half')).end).toBeNull();
    expect(read(text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '5', 'half')).end).toBeNull();
    expect(read(text('HTTP/1.1 200 OK', 'Content-Le')).end).toBeNull();
  });

  it.each([
    ['no HTTP', text('SSH-2.0-OpenSSH', '', '')],
    ['a header without a name', text('HTTP/1.1 200 OK', ': x', '', '')],
    ['a length that is none', text('HTTP/1.1 200 OK', 'Content-Length: -1', '', '')],
    ['two lengths', text('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2', '', '')],
    ['another coding', text('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked', '', '')],
    ['a chunk size that is none', text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', 'x', '')],
    ['a chunk that is too long', text('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '1', 'ab', '')],
    ['more than was announced', text('HTTP/1.1 200 OK', 'Content-Length: 1', '', 'ab')],
    ['a head without an end', Buffer.from(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => read(bytes)).toThrow(ProtocolError);
  });
});
