import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pending } from '../server/migrate.ts';

const first = { name: '0001_a.sql', text: 'select 1', digest: 'a' };
const second = { name: '0002_b.sql', text: 'select 2', digest: 'b' };

test('a migration runs once', () => {
  assert.deepEqual(pending([first, second], new Map([['0001_a.sql', 'a']])), [second]);
});

test('a migration edited after it ran is refused', () => {
  assert.throws(() => pending([first], new Map([['0001_a.sql', 'z']])), /edited after it ran/);
});
