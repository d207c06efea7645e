import { expect, it, vi } from 'vitest';
import { retryDeadlock } from './retry-deadlock.ts';

const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });

it('runs a transaction again after a deadlock', async () => {
  const work = vi.fn().mockRejectedValueOnce(deadlock).mockResolvedValueOnce('done');
  expect(await retryDeadlock(work)).toBe('done');
});

it('gives up after three', async () => {
  const work = vi.fn().mockRejectedValue(deadlock);
  await expect(retryDeadlock(work)).rejects.toBe(deadlock);
  expect(work).toHaveBeenCalledTimes(3);
});

it('passes every other error on at once', async () => {
  const work = vi.fn().mockRejectedValue(new Error('other'));
  await expect(retryDeadlock(work)).rejects.toThrow('other');
  expect(work).toHaveBeenCalledTimes(1);
});
