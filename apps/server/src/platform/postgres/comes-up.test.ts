import { expect, test } from 'vitest';
import { comesUp } from './comes-up.ts';

const never = () => false;
const SILENCE_MS = 20;

test('a server that recovers is waited for as long as it says how far it is', async () => {
  let bytes = 0;
  const logBytes = () => {
    bytes += 100;
    return bytes;
  };
  const begun = performance.now();
  const isReady = async () => performance.now() - begun > 5 * SILENCE_MS;
  expect(await comesUp({ isReady, hasEnded: never, logBytes }, SILENCE_MS)).toBe(true);
});

test('one that says nothing more is not', async () => {
  const silent = { isReady: async () => false, hasEnded: never, logBytes: () => 100 };
  expect(await comesUp(silent, SILENCE_MS)).toBe(false);
});

test('one that ends is not waited for', async () => {
  const ended = { isReady: async () => false, hasEnded: () => true, logBytes: () => 0 };
  expect(await comesUp(ended)).toBe(false);
});
