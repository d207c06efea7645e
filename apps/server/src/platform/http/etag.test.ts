import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { etagOf, requireMatch } from './etag.ts';

const asked = (match?: string) => ({ headers: match === undefined ? {} : { 'if-match': match } }) as FastifyRequest;
const etag = etagOf(new Date('2026-11-22T10:00:00.000Z'));

test('names a version: the same for the same, another for another', () => {
  expect(etag).toMatch(/^"[0-9a-f]{24}"$/);
  expect(etagOf(new Date('2026-11-22T10:00:00.000Z'))).toBe(etag);
  expect(etagOf('2026-11-22T10:00:00.000Z')).toBe(etag);
  expect(etagOf(new Date('2026-11-22T10:00:00.001Z'))).not.toBe(etag);
});

describe('If-Match', () => {
  test.each([etag, '*', `"other", ${etag}`, `${etag},"other"`])('%s lets the edit through', (match) => {
    expect(() => requireMatch(asked(match), etag)).not.toThrow();
  });
  test.each(['"other"', `W/${etag}`, etag.replaceAll('"', '')])('%s is a conflict', (match) => {
    expect(() => requireMatch(asked(match), etag)).toThrow(expect.objectContaining({ code: 'edit_conflict' }));
  });
  test.each([undefined, ''])('%s is asked for', (match) => {
    expect(() => requireMatch(asked(match), etag)).toThrow(expect.objectContaining({ code: 'precondition_required' }));
  });
});
