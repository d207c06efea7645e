import { describe, expect, it } from 'vitest';
import { parseChanges, parseEntryMeta, parseTree, splitPatches } from './parse.ts';

const zeros = '0000000 1111111';

describe('parseTree', () => {
  it('reads entries and drops one that was cut off', () => {
    const entries = ['100644 blob aa      12\tsrc/a b.ts', '160000 commit bb       -\tsub', '100755 blob cc  3\thalf'];
    const listing = entries.join('\0');
    expect(parseTree(Buffer.from(listing))).toEqual([
      { mode: '100644', type: 'blob', sha: 'aa', size: 12, path: 'src/a b.ts' },
      { mode: '160000', type: 'commit', sha: 'bb', size: 0, path: 'sub' },
    ]);
    expect(parseTree(Buffer.from(''))).toEqual([]);
  });

  it('takes no nonsense for an entry', () => expect(parseEntryMeta('nonsense')).toBeNull());
});

describe('parseChanges', () => {
  it('pairs records with counts, renames and binaries too', () => {
    const output = [
      `:100644 100644 ${zeros} M`,
      'a.ts',
      `:100644 100644 ${zeros} R090`,
      'old.ts',
      'new.ts',
      `:000000 100644 ${zeros} A`,
      'x.bin',
      `:100644 120000 ${zeros} T`,
      'link',
      '3\t1\ta.ts',
      '1\t1\t',
      'old.ts',
      'new.ts',
      '-\t-\tx.bin',
      '1\t9\tlink',
      '',
    ].join('\0');
    expect(parseChanges(output)).toEqual([
      { path: 'a.ts', previousPath: null, change: 'MODIFIED', additions: 3, deletions: 1 },
      { path: 'new.ts', previousPath: 'old.ts', change: 'RENAMED', additions: 1, deletions: 1 },
      { path: 'x.bin', previousPath: null, change: 'ADDED', additions: 0, deletions: 0 },
      { path: 'link', previousPath: null, change: 'MODIFIED', additions: 1, deletions: 9 },
    ]);
  });

  it('reads nothing from nothing, and no record without its counts', () => {
    expect(parseChanges('')).toEqual([]);
    expect(parseChanges(`:100644 100644 ${zeros} M\0a.ts\0`)).toEqual([]);
  });
});

describe('splitPatches', () => {
  const text = 'diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-diff --git a/x b/x\n+y\n';
  const binary = 'diff --git a/b b/b\nBinary files a/b and b/b differ\n';
  const moved = 'diff --git a/c b/d\nsimilarity index 100%\nrename from c\nrename to d\n';

  it('gives one diff per file', () => {
    expect(splitPatches(text + binary + moved, 3, false)).toEqual([text.slice(text.indexOf('---')), null, '']);
  });

  it('keeps both halves of a file that became a link together', () => {
    const half = (sign: string) => `diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n${sign}1\n`;
    const [patch] = splitPatches(half('-') + half('+'), 1, false);
    expect(patch).toContain('-1\n');
    expect(patch).toContain('+1\n');
  });

  it('gives none for what was cut off', () => {
    expect(splitPatches(`${text}diff --git a/z b/z\n--- a/z\n+++ b/z\n@@ -1`, 3, true)).toEqual([
      expect.any(String),
      null,
      null,
    ]);
  });
});
