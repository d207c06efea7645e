import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextInOrder } from './order.ts';

const seqs = (...list: number[]) => list.map((seq) => ({ seq }));

describe('nextInOrder', () => {
  it.each([
    [0, [1, 2, 3], [1, 2, 3]],
    [2, [1, 2, 3], [3]],
    [0, [2, 3], []],
    [0, [1, 3, 4], [1]],
    [4, [6, 5, 5, 7], [5, 6, 7]],
    [3, [], []],
  ])('after %i, of %j it takes %j', (last, given, taken) => {
    expect(nextInOrder(last, seqs(...given))).toEqual(seqs(...taken));
  });

  it('records every event once, in order, however deliveries overlap and repeat', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.tuple(fc.nat(20), fc.nat(10))), (count, deliveries) => {
        const all = seqs(...Array.from({ length: count }, (_, index) => index + 1));
        const recorded: number[] = [];
        const deliver = (events: { seq: number }[]) => {
          recorded.push(...nextInOrder(recorded.length, events).map((one) => one.seq));
        };
        for (const [from, length] of deliveries) deliver(all.slice(from, from + length));
        while (recorded.length < count) deliver(all.slice(recorded.length));
        expect(recorded).toEqual(all.map((one) => one.seq));
      }),
    );
  });
});
