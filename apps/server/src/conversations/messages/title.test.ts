import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { titleFrom } from './title.ts';

describe('titleFrom', () => {
  it('keeps a short message and takes the first line only', () => {
    expect(titleFrom('  A guest  book \nwith approval')).toBe('A guest book');
  });

  it('cuts a long one at a word', () => {
    expect(titleFrom('Please build me a guest book where visitors can leave a note, and I approve it')).toBe(
      'Please build me a guest book where visitors can leave a…',
    );
  });

  it('never has more than 60 characters, and tears no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 0, maxLength: 200 }), (text) => {
        const title = titleFrom(text);
        expect([...title].length).toBeLessThanOrEqual(60);
        expect(title.isWellFormed()).toBe(true);
      }),
    );
  });
});
