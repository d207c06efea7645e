import { describe, expect, it } from 'vitest';
import { isSameOrigin } from './origin.ts';

const home = 'http://localhost:9090';

describe('same origin', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:5200', host: 'localhost:9090' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: home }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ origin: home, host: 'anything' }, true],
    [{ origin: 'http://192.168.1.5:9090', host: '192.168.1.5:9090' }, true],
    [{ origin: 'http://guests.localhost:9090', host: 'localhost:9090' }, false],
    [{ origin: 'http://evil.example', host: 'localhost:9090' }, false],
    [{ origin: 'null', host: 'localhost:9090' }, false],
    [{ host: 'localhost:9090' }, false],
    [{}, false],
  ])('%j is %s', (headers, expected) => expect(isSameOrigin(headers, home)).toBe(expected));
});
