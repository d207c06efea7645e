import { describe, expect, test } from 'vitest';
import { withoutDomain, withoutPlatformCookies } from './cookies.ts';
import { upgradeHeaders, upstreamHeaders, visitorHeaders } from './headers.ts';

const client = { address: '203.0.113.9', proto: 'https', host: 'shop.example.org' } as const;
const told = ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'shop.example.org'];

describe('what the app is sent', () => {
  test('keeps ordinary headers, their case and order', () => {
    const raw = ['Host', 'shop.example.org', 'X-My-Header', 'a', 'x-my-header', 'b'];
    expect(upstreamHeaders(raw, client)).toEqual([...raw, ...told]);
  });

  test('drops hop-by-hop headers, also those Connection names', () => {
    const raw = ['Connection', 'keep-alive, X-Secret', 'Keep-Alive', 'timeout=5', 'X-Secret', '1', 'TE', 'trailers'];
    expect(upstreamHeaders(raw, client)).toEqual(told);
  });

  test('drops what a client says of itself', () => {
    const raw = [
      'X-Forwarded-For',
      '127.0.0.1',
      'x-forwarded-user',
      'admin',
      'Forwarded',
      'for=1',
      'X-Real-IP',
      '1.1.1.1',
    ];
    expect(upstreamHeaders([...raw, 'X-Talkide-User', '1'], client)).toEqual(told);
  });

  test('keeps a body of unknown length', () => {
    expect(upstreamHeaders(['Transfer-Encoding', 'chunked'], client)).toEqual([
      'Transfer-Encoding',
      'chunked',
      ...told,
    ]);
  });

  test('names the protocol of an upgrade', () => {
    const raw = ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Key', 'k'];
    const sent = upgradeHeaders(raw, client, 'websocket');
    expect(sent).toEqual(['Sec-WebSocket-Key', 'k', ...told, 'Connection', 'Upgrade', 'Upgrade', 'websocket']);
  });

  test.each([
    ['theme=dark; talkide_session=s; lang=cs', 'theme=dark; lang=cs'],
    ['__Host-talkide_refresh=r', null],
    ['TALKIDE_x=1; __Secure-talkide_y=2;', null],
    ['mytalkide_x=1', 'mytalkide_x=1'],
    ['a="talkide_b=1"', 'a="talkide_b=1"'],
  ])('cookies %s become %s', (header, kept) => {
    expect(withoutPlatformCookies(header)).toBe(kept);
  });
});

describe('what the visitor is sent', () => {
  test.each([
    ['sid=1; Path=/; Domain=localhost; HttpOnly', 'sid=1; Path=/; HttpOnly'],
    ['sid=1;domain = .example.org', 'sid=1'],
    ['sid=domain=x; Path=/', 'sid=domain=x; Path=/'],
    ['talkide_session=stolen; Path=/', null],
    ['__Host-talkide_refresh=stolen; Path=/; Secure', null],
  ])('the cookie %s becomes %s', (header, kept) => {
    expect(withoutDomain(header)).toBe(kept);
  });

  test('several cookies stay several', () => {
    const raw = [
      'Set-Cookie',
      'a=1; Domain=x',
      'Set-Cookie',
      'b=2',
      'Set-Cookie',
      'talkide_a=3',
      'Keep-Alive',
      'timeout=5',
    ];
    expect(visitorHeaders(raw)).toEqual(['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
  });
});
