import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanMembers } from './json-scan.ts';

const NAMES = ['model', 'stream', 'max_tokens'];
const scan = (text: string) => {
  const found = scanMembers(Buffer.from(text), NAMES);
  return found && Object.fromEntries([...found].map(([name, json]) => [name, JSON.parse(json.toString())]));
};

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
    ['a byte order mark', '\uFEFF{"model":"m"}'],
  ])('refuses %s', (_name, text) => {
    expect(scan(text)).toBeNull();
  });
});
