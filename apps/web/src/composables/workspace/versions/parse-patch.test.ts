import { describe, expect, it } from 'vitest';
import { parsePatch } from './parse-patch';

describe('parsePatch', () => {
  it('numbers the lines of both sides', () => {
    const [hunk] = parsePatch(
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,3 +3,4 @@ function f()\n a\n-b\n+c\n+d\n e\n',
    );
    expect(hunk).toMatchObject({ before: 3, after: 3, context: 'function f()' });
    expect(hunk?.lines).toEqual([
      { kind: 'same', before: 3, after: 3, text: 'a' },
      { kind: 'removed', before: 4, after: null, text: 'b' },
      { kind: 'added', before: null, after: 4, text: 'c' },
      { kind: 'added', before: null, after: 5, text: 'd' },
      { kind: 'same', before: 5, after: 6, text: 'e' },
    ]);
  });

  it('reads several hunks, one-line ranges and new files', () => {
    expect(parsePatch('@@ -1 +1 @@\n-a\n+b\n@@ -9,0 +10,1 @@\n+c').map((hunk) => hunk.lines.length)).toEqual([2, 1]);
    expect(parsePatch('@@ -0,0 +1,1 @@\n+new')[0]?.lines).toEqual([
      { kind: 'added', before: null, after: 1, text: 'new' },
    ]);
  });

  it('takes lines that look like headers for what they are', () => {
    const lines = parsePatch('@@ -1,2 +1,2 @@\n--- gone\n+++ come\n\\ No newline at end of file')[0]?.lines;
    expect(lines?.map((line) => [line.kind, line.text])).toEqual([
      ['removed', '-- gone'],
      ['added', '++ come'],
    ]);
  });

  it('keeps empty lines inside and gives nothing for a patch without hunks', () => {
    expect(parsePatch('@@ -1,3 +1,3 @@\n a\n\n b\n')[0]?.lines.map((line) => line.text)).toEqual(['a', '', 'b']);
    expect(parsePatch('Binary files differ')).toEqual([]);
    expect(parsePatch('')).toEqual([]);
  });
});
