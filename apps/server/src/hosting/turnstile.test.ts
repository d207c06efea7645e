import { expect, test } from 'vitest';
import { createTurnstile } from './turnstile.ts';

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const log = { begun: false, end: resolve };
  return {
    log,
    run: () => {
      log.begun = true;
      return promise;
    },
  };
}

test('one of a key at a time, a few of all, in the order they came', async () => {
  const turnstile = createTurnstile(2);
  const [a1, a2, b, c] = [work(), work(), work(), work()];
  const passes = [
    turnstile.pass('a', never, a1.run),
    turnstile.pass('a', never, a2.run),
    turnstile.pass('b', never, b.run),
    turnstile.pass('c', never, c.run),
  ];
  const begun = () => [a1, a2, b, c].map(({ log }) => log.begun);
  await expect.poll(begun).toEqual([true, false, true, false]);
  b.log.end();
  await expect.poll(begun).toEqual([true, false, true, true]);
  a1.log.end();
  await expect.poll(begun).toEqual([true, true, true, true]);
  a2.log.end();
  c.log.end();
  await Promise.all(passes);
});

test('work that fails makes room', async () => {
  const turnstile = createTurnstile(1);
  await expect(turnstile.pass('a', never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turnstile.pass('a', never, async () => 'next')).toBe('next');
});

test('who is called off while waiting never begins, and blocks nobody', async () => {
  const turnstile = createTurnstile(1);
  const [first, second] = [work(), work()];
  const off = new AbortController();
  const passing = turnstile.pass('a', never, first.run);
  const waiting = turnstile.pass('a', off.signal, second.run);
  off.abort(new Error('called off'));
  await expect(waiting).rejects.toThrow('called off');
  await expect(turnstile.pass('b', off.signal, second.run)).rejects.toThrow('called off');
  first.log.end();
  await passing;
  expect(await turnstile.pass('a', never, async () => second.log.begun)).toBe(false);
});
