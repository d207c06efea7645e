import { describe, expect, it } from 'vitest';
import { appAddress, appPath, startOfTrail, walkTo } from './app-path';

describe('appPath', () => {
  it.each([
    ['guests', '/guests'],
    ['/guests?page=2', '/guests?page=2'],
    ['http://other.example/a', '/a'],
    ['', '/'],
    ['//evil.example/a', '/evil.example/a'],
    ['/\\evil.example', '/evil.example'],
  ])('%j is %j', (typed, path) => expect(appPath(typed)).toBe(path));

  it.each(['//evil.example', '/\\evil.example', '\\\\evil.example', 'javascript:alert(1)', 'https://evil.example:80'])(
    'never leaves the origin of the app: %j',
    (typed) => expect(new URL(appAddress('http://a.localhost:9090', typed)).origin).toBe('http://a.localhost:9090'),
  );
});

describe('walkTo', () => {
  it('remembers the way and knows back from forward', () => {
    const there = walkTo(walkTo(startOfTrail, '/a'), '/b');
    expect(there).toEqual({ paths: ['/', '/a', '/b'], at: 2 });
    const back = walkTo(there, '/a');
    expect(back.at).toBe(1);
    expect(walkTo(back, '/b').at).toBe(2);
    expect(walkTo(back, '/c')).toEqual({ paths: ['/', '/a', '/c'], at: 2 });
    expect(walkTo(back, '/a')).toEqual(back);
  });
});
