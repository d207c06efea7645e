import { expect, test } from 'vitest';
import { workerHeaders } from './headers.ts';

test('what the worker is told of an answer, without what Node reads and refuses to write', () => {
  const upstream = new Map([
    ['content-type', 'application/json'],
    ['request-id', 'req_\u0001'],
    ['anthropic-ratelimit-requests-limit', '50'],
    ['anthropic-ratelimit-a b', '1'],
    ['anthropic-organization-id', 'ours'],
  ]);
  expect(workerHeaders(upstream)).toEqual([
    'content-type',
    'application/json',
    'anthropic-ratelimit-requests-limit',
    '50',
  ]);
});
