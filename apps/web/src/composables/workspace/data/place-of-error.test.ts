import { describe, expect, it } from 'vitest';
import { placeOfError } from './place-of-error';

describe('placeOfError', () => {
  it.each([
    ['select * from guset', 15, 14],
    ['\n  select x', 8, 10],
    ["select '😀', x", 13, 13],
    ['select', 99, 6],
  ])('finds %j at %i', (text, position, place) => expect(placeOfError(text, position)).toBe(place));

  it('is nowhere when PostgreSQL names no place', () => expect(placeOfError('select', null)).toBeNull());
});
