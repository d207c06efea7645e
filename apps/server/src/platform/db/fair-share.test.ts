import { expect, test } from 'vitest';
import { createFairShare } from './fair-share.ts';

test('one key has its share and no more, in the order it asked; another key does not wait', async () => {
  const share = createFairShare(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (key: string, name: string) =>
    share(key, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string, work: Promise<void> | undefined) => {
    ends.get(name)?.();
    await work;
  };
  const work = ['a1', 'a2', 'a3', 'a4'].map((name) => run('a', name));
  const other = run('b', 'b1');
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await end('a2', work[1]);
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  await end('a1', work[0]);
  expect(begun.at(-1)).toBe('a4');
  await Promise.all([end('a3', work[2]), end('a4', work[3]), end('b1', other)]);
});

test('work that fails gives its place on', async () => {
  const share = createFairShare(1);
  const failing = share('a', async () => {
    throw new Error('no');
  });
  const next = share('a', async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});
