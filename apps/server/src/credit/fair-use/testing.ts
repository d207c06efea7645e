import { describe, expect, it } from 'vitest';
import type { FairUseCounter } from './counter.ts';

/** What every counter must do. */
export function describeFairUseCounter(
  name: string,
  open: () => Promise<{ counter: FairUseCounter; user(): Promise<string> }>,
) {
  describe(`${name} as a fair-use counter`, async () => {
    const { counter, user } = await open();

    it('gives what is left of the day and no more', async () => {
      const ann = await user();
      expect(await counter.take(ann, '2026-11-25', 4, 10)).toBe(4);
      expect(await counter.take(ann, '2026-11-25', 8, 10)).toBe(6);
      expect(await counter.take(ann, '2026-11-25', 1, 10)).toBe(0);
    });

    it('counts days and people apart', async () => {
      const [ann, ben] = [await user(), await user()];
      expect(await counter.take(ann, '2026-11-25', 9, 10)).toBe(9);
      expect(await counter.take(ann, '2026-11-26', 9, 10)).toBe(9);
      expect(await counter.take(ben, '2026-11-25', 9, 10)).toBe(9);
    });

    it('takes back what was not used', async () => {
      const ann = await user();
      await counter.take(ann, '2026-11-25', 10, 10);
      await counter.giveBack(ann, '2026-11-25', 3);
      expect(await counter.take(ann, '2026-11-25', 5, 10)).toBe(3);
      await counter.giveBack(ann, '2026-11-25', 99);
      expect(await counter.take(ann, '2026-11-25', 99, 10)).toBe(10);
    });

    it('takes nothing when the limit was lowered below what is used', async () => {
      const ann = await user();
      await counter.take(ann, '2026-11-25', 10, 10);
      expect(await counter.take(ann, '2026-11-25', 1, 5)).toBe(0);
      expect(await counter.take(ann, '2026-11-25', 5, 12)).toBe(2);
    });

    it('never gives more than the limit to any number at once', async () => {
      const ann = await user();
      const taken = await Promise.all(Array.from({ length: 60 }, () => counter.take(ann, '2026-11-25', 3, 100)));
      expect(taken.reduce((sum, one) => sum + one, 0)).toBe(100);
    });
  });
}
