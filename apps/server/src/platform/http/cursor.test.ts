import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from './cursor.ts';

test('a cursor gives back what went in, in characters that need no escape in a URL', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (values) => {
      const cursor = encodeCursor(values);
      expect(cursor).toMatch(/^[\w-]*$/);
      expect(decodeCursor(cursor, values.length)).toEqual(values);
    }),
  );
});

test('a cursor that we did not make is a bad request', () => {
  const ours = encodeCursor(['1', '2']);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(text, 2)).toThrow(expect.objectContaining({ code: 'bad_request' }));
    }),
  );
  for (const cursor of [ours.slice(0, -2), encodeCursor(['1']), Buffer.from('[1,2]').toString('base64url')])
    expect(() => decodeCursor(cursor, 2)).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

test('pages hold at most the limit, and all of them hold everything once', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 10 }), (count, limit) => {
      const rows = Array.from({ length: count }, (_, index) => index);
      const seen: number[] = [];
      for (let from = 0, more = true; more; ) {
        const page = toPage(
          rows.slice(from, from + limit + 1),
          limit,
          (row) => [String(row)],
          (row) => row,
        );
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        more = page.nextCursor !== null;
        if (page.nextCursor) from = Number(decodeCursor(page.nextCursor, 1)[0]) + 1;
      }
      expect(seen).toEqual(rows);
    }),
  );
});
