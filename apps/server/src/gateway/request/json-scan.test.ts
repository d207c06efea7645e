import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanMembers } from './json-scan.ts';

const NAMES = ['model', 'stream', 'max_tokens'];
/** Scans bytes that come in pieces cut at these places. */
const scan = (text: string, places: readonly number[] = []) => {
  const bytes = Buffer.from(text);
  const edges = [0, ...places.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const pieces = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
  const found = scanMembers(pieces, NAMES);
  return found && Object.fromEntries(NAMES.flatMap((name, at) => (found[at] ? [[name, JSON.parse(found[at])]] : [])));
};

/** Text with what a scan can take for something else, of lengths on both sides of the kernel's block. */
const trap = fc
  .array(fc.constantFrom('"', '\\', '\\"', '{', '}', '[', ']', ',', ':', '\n', '"model":', 'é', '🌱', 'x'.repeat(63)), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));
const nested = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, trap, fc.integer(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  object: fc.dictionary(fc.oneof(trap, fc.constantFrom(...NAMES)), tie('value'), { maxKeys: 5 }),
})).value;

describe('scanMembers', () => {
  it('finds what a parser finds, whatever else the object holds and however it is written', () => {
    const member = fc.oneof(fc.constantFrom(...NAMES, 'messages', 'modèl', ''), fc.string({ unit: 'grapheme' }));
    const blanks = fc.constantFrom(0, 1, 3, '\t');
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(member, fc.jsonValue()), { selector: ([name]) => name }),
        blanks,
        (members, space) => {
          const object = Object.fromEntries(members);
          const wanted = Object.fromEntries(Object.entries(object).filter(([name]) => NAMES.includes(name)));
          expect(scan(JSON.stringify(object, null, space))).toEqual(JSON.parse(JSON.stringify(wanted)));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('sees through long strings, quotes, backslashes and nested members of the same name', () => {
    const long = `${'x'.repeat(5_000)}"\\"\\\\`;
    const object = { messages: [{ model: 'inner', text: long, deep: [[{ stream: 1 }]] }], 'a\\': '\\', model: 'outer' };
    expect(scan(JSON.stringify(object))).toEqual({ model: 'outer' });
  });

  it('is not misled by what stands in strings and in nested members, wherever the pieces are cut', () => {
    const member = fc.tuple(fc.oneof(fc.constantFrom(...NAMES), trap), nested);
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { selector: ([name]) => name, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.constantFrom(0, 2),
        (members, places, space) => {
          const text = JSON.stringify(Object.fromEntries(members), null, space);
          const parsed = JSON.parse(text) as Record<string, unknown>;
          const wanted = Object.entries(parsed).filter(([name]) => NAMES.includes(name));
          expect(scan(text, places)).toEqual(Object.fromEntries(wanted));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('refuses what is cut off, wherever that is', () => {
    fc.assert(
      fc.property(fc.dictionary(trap, nested, { maxKeys: 4 }), fc.nat(), (object, place) => {
        const bytes = Buffer.from(JSON.stringify(object));
        expect(scanMembers([bytes.subarray(0, place % bytes.length)], NAMES)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a name twice, whatever lies between', () => {
    fc.assert(
      fc.property(nested, nested, (first, second) => {
        const text = `{"model":${JSON.stringify(first)},"a":${JSON.stringify(second)},"mod\\u0065l":1}`;
        expect(scan(text)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  it('remembers nothing of a longer body before', () => {
    expect(scan(`{"model":"m","x":"${'}'.repeat(500)}"}`)).toEqual({ model: 'm' });
    expect(scan('{"model":"m","x":["')).toBeNull();
    expect(scan('{"model":"m","x":[')).toBeNull();
  });

  it('reads a body that is larger than its memory', () => {
    const text = JSON.stringify({ messages: ['\\"]}'.repeat(600_000)], model: 'm' });
    expect(scan(text, [1_000_000, 2_000_000])).toEqual({ model: 'm' });
  });

  it('knows a name behind escapes', () => {
    expect(scan('{"\\u006dodel":"m"}')).toEqual({ model: 'm' });
  });

  it.each([
    ['a name twice', '{"model":"cheap","x":1,"model":"dear"}'],
    ['a name twice, once escaped', '{"model":"cheap","\\u006dodel":"dear"}'],
    ['no object', '[{"model":"m"}]'],
    ['nothing', ''],
    ['an object that does not end', '{"model":"m"'],
    ['a string that does not end', '{"model":"m'],
    ['a nest that does not end', '{"model":"m","x":[{}'],
    ['something after the end', '{"model":"m"} {"model":"n"}'],
    ['a member without a value', '{"model":,"x":1}'],
    ['a backslash outside of strings', '{"model":"m","x":[\\"],"model":"n","y":["]}'],
    ['a string behind a number', '{"x":1"model":"n","model":"m"}'],
    ['a byte order mark', '\uFEFF{"model":"m"}'],
  ])('refuses %s', (_name, text) => {
    expect(scan(text)).toBeNull();
  });
});
