import { expect, test } from 'vitest';
import { createWatching } from './watching.ts';

test('the first one to look wakes the worker; it stays until the last one leaves', () => {
  const woken: string[] = [];
  const watching = createWatching((environmentId) => woken.push(environmentId));
  const first = watching.begin('7');
  const second = watching.begin('7');
  expect(woken).toEqual(['7']);
  first();
  first();
  expect(watching.has('7')).toBe(true);
  second();
  expect(watching.has('7')).toBe(false);
  watching.begin('7');
  expect(woken).toEqual(['7', '7']);
});
