import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../server/errors.ts';
import { date, email, integer, oneOf, readInput, text } from '../server/input.ts';

const rules = { name: text({ max: 5 }), age: integer({ min: 1, max: 120 }), kind: oneOf('guest', 'host') };

test('good input is read and trimmed', () => {
  assert.deepEqual(readInput({ name: ' Ada ', age: '36', kind: 'guest', other: 1 }, rules), {
    name: 'Ada',
    age: 36,
    kind: 'guest',
  });
});

test('bad input names every field at fault', () => {
  assert.throws(
    () => readInput({ name: 'Too long', age: 1.5 }, rules),
    (error: AppError) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.statusCode, 400);
      assert.deepEqual(Object.keys(error.fields), ['name', 'age', 'kind']);
      return true;
    },
  );
});

test('dates and addresses must exist and look right', () => {
  assert.throws(() => date('2026-02-30'));
  assert.equal(date('2026-02-28'), '2026-02-28');
  assert.throws(() => email('ada@home'));
  assert.equal(email(' ada@home.cz '), 'ada@home.cz');
});
