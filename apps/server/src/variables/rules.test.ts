import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainError } from '../errors.ts';
import { readVariables } from './rules.ts';

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as DomainError).code;
  }
};
const one = (name: string, value = 'x') => [{ name, value }];

describe('variables of a request', () => {
  it('come one by one and from the text of a .env file; what is named later holds', () => {
    const text = '# keys\nexport A=1\nB="two\nlines"\nC=\'#3\' # said\nA=again\n\nD=';
    expect(readVariables(one('C', 'list'), text)).toEqual([
      { name: 'A', value: 'again' },
      { name: 'B', value: 'two\nlines' },
      { name: 'C', value: 'list' },
      { name: 'D', value: '' },
    ]);
  });

  it.each([undefined, '', 'no variable at all', '# A=1'])('are asked for when %j holds none', (text) =>
    expect(codeOf(() => readVariables([], text))).toBe('variables_not_found'),
  );

  it('are read from a file of Windows, too', () => {
    expect(readVariables([], '\uFEFFA=1\r\nB="x y"\r\n')).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: 'x y' },
    ]);
  });

  it('stand between quotes as they are', () => {
    const name = fc.stringMatching(/^V[A-Z0-9_]{0,10}$/);
    const value = fc.string({ unit: fc.constantFrom(...'ab=#$ "\\`ž\n') });
    const list = fc.uniqueArray(fc.record({ name, value }), { selector: (one) => one.name, minLength: 1 });
    fc.assert(
      fc.property(list, (all) => {
        const text = all.map((one) => `${one.name}='${one.value}'`).join('\n');
        const byName = Map.groupBy(all, (one) => one.name);
        expect(Map.groupBy(readVariables([], text), (one) => one.name)).toEqual(byName);
      }),
    );
  });

  it('name all that are the platform’s at once', () => {
    const refusal = () => readVariables([], 'PORT=1\nKEY=2\nNODE_ENV=development');
    expect(refusal).toThrow(expect.objectContaining({ facts: { names: ['NODE_ENV', 'PORT'] } }));
  });

  it.each([
    'PATH',
    'PORT',
    'DATABASE_URL',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'APP_URL',
    'HTTPS_PROXY',
    'TALKIDE_X',
    'SOCKET_PATH',
  ])('%s is the platform’s', (name) =>
    expect(codeOf(() => readVariables(one(name), undefined))).toBe('variable_reserved'),
  );

  it.each(['PORTAL', 'APPLE', 'HOSTNAME_OF_MAIL', 'STRIPE_KEY', 'NODES', 'MY_PATH'])('%s may be', (name) =>
    expect(codeOf(() => readVariables(one(name), undefined))).toBeUndefined(),
  );

  it('have names that every shell takes', () => {
    expect(codeOf(() => readVariables([], 'lower=1'))).toBe('variable_invalid');
    expect(codeOf(() => readVariables(one('A'.repeat(65)), undefined))).toBe('variable_invalid');
  });

  it('are 8 KB at most, in bytes', () => {
    expect(codeOf(() => readVariables(one('A', 'ž'.repeat(4096)), undefined))).toBeUndefined();
    expect(codeOf(() => readVariables(one('A', 'ž'.repeat(4097)), undefined))).toBe('variable_too_long');
  });

  it('never come out other than they went in', () => {
    const name = fc.stringMatching(/^V[A-Z0-9_]{0,10}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ name, value: fc.string() }), { selector: (at) => at.name, minLength: 1 }),
        (list) => {
          expect(readVariables(list, undefined)).toEqual(list);
        },
      ),
    );
  });
});
