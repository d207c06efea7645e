import { describe, expect, it } from 'vitest';
import { step } from './useGridKeys';

const size = { rows: 3, columns: 4 };
describe('step', () => {
  it.each([
    ['ArrowDown', { row: 0, column: 1 }, { row: 1, column: 1 }],
    ['ArrowDown', { row: 2, column: 1 }, { row: 2, column: 1 }],
    ['ArrowUp', { row: 0, column: 1 }, { row: 0, column: 1 }],
    ['ArrowLeft', { row: 1, column: 0 }, { row: 1, column: 0 }],
    ['ArrowRight', { row: 1, column: 3 }, { row: 1, column: 3 }],
    ['ArrowRight', { row: 1, column: 2 }, { row: 1, column: 3 }],
    ['Home', { row: 1, column: 2 }, { row: 1, column: 0 }],
    ['End', { row: 1, column: 2 }, { row: 1, column: 3 }],
  ])('%s from %j', (key, at, to) => expect(step(key, at, size)).toEqual(to));

  it('leads nowhere by other keys', () => expect(step('x', { row: 0, column: 0 }, size)).toBeNull());
});
