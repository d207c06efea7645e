import { describe, expect, it } from 'vitest';
import { covers } from './said.ts';

describe('covers', () => {
  it.each([
    ['I will add a form.', 'I will add', true],
    ['I will add a form.', 'I will  add\na form. And', true],
    ['I will…', 'I will add a form', true],
    ['anything', '', true],
    ['', 'something', false],
    ['I will add a form.', 'Now the header', false],
  ])('%j covers %j: %s', (stored, live, expected) => expect(covers(stored, live)).toBe(expected));
});
