import { beforeAll, describe, expect, test } from 'vitest';
import { inLoosened } from './escape-loosened.ts';
import { allAttempts, attemptsSeen, type Verdicts } from './escape-written.ts';

/**
 * That an attempt is held in every kind of sandbox (escape-kinds.int.test.ts) proves something only when its program can
 * succeed. Those that no user achieves without a sandbox, or that would harm the host, are made where nothing holds them.
 */
const kinds = {
  loosened: ['unshare', '--mount'],
  unmapped: ['unshare', '--user', '--keep-caps'],
} as const;

describe.each(['loosened', 'unmapped'] as const)('in a %s sandbox the same program gets there', (kind) => {
  const chosen = attemptsSeen(kind);
  let found: Verdicts;
  beforeAll(async () => {
    found = await inLoosened(chosen, [...kinds[kind]]);
  }, 120_000);
  test.each(chosen)('%s', (name) => expect(found.get(name)).toBe('ESCAPED'));
});

test('nowhere seen to succeed are these alone, each for a reason', () => {
  const nowhere = allAttempts.filter(([, , , seen]) => typeof seen === 'object');
  expect(nowhere.map(([name]) => name)).toEqual([
    'call the system request key',
    'boot another kernel',
    'open a file by its handle',
    'open a vsock socket',
    'open a crypto socket of the kernel',
    'open a bluetooth socket',
    'be killed later than others',
    'make a device',
  ]);
});
