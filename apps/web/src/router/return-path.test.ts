import { describe, expect, it } from 'vitest';
import { returnPath } from './return-path';

describe('returnPath', () => {
  it.each(['/studio', '/projects/5/code?path=a%20b#x'])('takes %j', (path) => {
    expect(returnPath(path)).toBe(path);
  });
  it.each(['//evil.test', '/\\evil.test', 'https://evil.test', 'javascript:alert(1)', '', ['/a'], undefined, '/a b'])(
    'refuses %j',
    (path) => {
      expect(returnPath(path)).toBeNull();
    },
  );
});
