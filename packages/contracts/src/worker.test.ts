import { expect, test } from 'vitest';
import { LookRequest, LookStep } from './worker.ts';

test.each(['/', '/api/entries?limit=5', '/a;b=1,2:3', '/@someone', '/%C4%8Daj', '/files/a%2Fb'])(
  'a look may ask %s',
  (path) => {
    expect(LookStep.parse({ path })).toEqual({ method: 'GET', path });
  },
);

test.each([
  '',
  'api',
  '//evil.example/',
  'http://app/',
  'http://evil.example/',
  '/../secret',
  '/a/../../b',
  '/%2e%2e/b',
  '/a/./b',
  '/\\evil.example',
  '/a b',
  '/čaj',
  '/a\r\nHost: evil',
  '/page#part',
  `/${'a'.repeat(2_000)}`,
])('a look may not ask %j', (path) => {
  expect(LookStep.safeParse({ path }).success).toBe(false);
});

test('a look has few steps and small bodies', () => {
  const request = (steps: object[]) =>
    LookRequest.safeParse({ leaseToken: '7f0e3a52-6d2c-4a4e-9d5e-0f4d8f1c2b3a', steps }).success;
  const step = { path: '/' };
  expect(request([step])).toBe(true);
  expect(request([])).toBe(false);
  expect(request(Array.from({ length: 7 }, () => step))).toBe(false);
  expect(request([{ ...step, method: 'DELETE' }])).toBe(false);
  expect(request([{ ...step, method: 'POST', body: { text: 'x'.repeat(70_000) } }])).toBe(false);
});
