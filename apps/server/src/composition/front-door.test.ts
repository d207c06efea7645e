import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { proxiedClient } from './front-door.ts';

const asked = (headers: Record<string, string>, socket: object = { remoteAddress: '10.0.0.1' }) =>
  proxiedClient({ socket, headers: { host: 'shop.example.com', ...headers } } as unknown as IncomingMessage);

test('behind a proxy the visitor is whom the nearest proxy saw, never whom she says she is', () => {
  expect(asked({ 'x-forwarded-for': '6.6.6.6, 192.0.2.7', 'x-forwarded-proto': 'https' })).toEqual({
    ...{ address: '192.0.2.7', proto: 'https', host: 'shop.example.com' },
  });
  expect(asked({ 'x-forwarded-proto': 'https, http' }).proto).toBe('http');
  expect(asked({ 'x-forwarded-proto': 'gopher' }).proto).toBe('http');
  expect(asked({})).toEqual({ address: '10.0.0.1', proto: 'http', host: 'shop.example.com' });
  expect(asked({}, { remoteAddress: '10.0.0.1', encrypted: true }).proto).toBe('https');
});
