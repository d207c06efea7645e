import { describe, expect, it } from 'vitest';
import { nextOrder, sortRows } from './sort-rows';

describe('sortRows', () => {
  it('sorts numbers by size and words as the language does, ties as they were', () => {
    const rows = [
      { name: 'chata', n: 2 },
      { name: 'Cena', n: 10 },
      { name: 'ďábel', n: 2 },
      { name: 'hora', n: 1 },
    ];
    const names = (sorted: typeof rows) => sorted.map((row) => row.name);
    expect(names(sortRows(rows, (row) => row.n, true, 'cs'))).toEqual(['Cena', 'chata', 'ďábel', 'hora']);
    expect(names(sortRows(rows, (row) => row.name, false, 'cs'))).toEqual(['Cena', 'ďábel', 'hora', 'chata']);
  });
});

describe('nextOrder', () => {
  it('turns the same column round, and begins another at its useful end', () => {
    const order = { column: 'cost', descending: true };
    expect(nextOrder(order, 'cost', true)).toEqual({ column: 'cost', descending: false });
    expect(nextOrder(order, 'calls', true)).toEqual({ column: 'calls', descending: true });
    expect(nextOrder(order, 'name', false)).toEqual({ column: 'name', descending: false });
  });
});
