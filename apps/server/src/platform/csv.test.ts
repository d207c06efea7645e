import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecord } from './csv.ts';

/** Reads one record as RFC 4180 says. */
function parse(record: string): string[] {
  expect(record.endsWith('\r\n')).toBe(true);
  const cells = [...record.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)];
  return cells.map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')));
}

describe('a record', () => {
  it('quotes text, leaves values and nothing bare, ends with CRLF', () => {
    expect(csvRecord([{ text: 'Say "hi", all' }, 12, '0.001', true, null, { text: null }])).toBe(
      '"Say ""hi"", all",12,0.001,true,,\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =HYPERLINK("x")', '＝1'])(
    'holds no formula: %j',
    (text) => {
      expect(csvRecord([{ text }]).startsWith('"\'')).toBe(true);
    },
  );

  it('gives back any text, with at most an apostrophe before it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const read = parse(csvRecord(texts.map((text) => ({ text }))));
        expect(read.length).toBe(texts.length);
        for (const [at, text] of texts.entries()) expect([text, `'${text}`]).toContain(read[at]);
      }),
    );
  });
});
