import { describe, expect, it } from 'vitest';
import { isTreePath, isWritable } from './file-path.ts';

describe('paths of a tree', () => {
  for (const path of ['a', 'src/App.vue', 'src/pages/Žluťoučký kůň.vue', '.gitignore', 'a..b/c', '.github/x.yml']) {
    it(`takes ${path}`, () => expect(isTreePath(path)).toBe(true));
  }
  for (const path of [
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a//b',
    'a/',
    './a',
    '.git/config',
    'a/.git/hooks/x',
    'a/.GIT/x',
    'git~1/x',
    '.git. /x',
    '.g\u200bit/x',
    'a\\b',
    'a\nb',
    'a\0b',
    'x'.repeat(256),
    `${'a/'.repeat(60)}b`,
  ]) {
    it(`refuses ${JSON.stringify(path).slice(0, 40)}`, () => expect(isTreePath(path)).toBe(false));
  }

  it('does not write what tools own', () => {
    expect(isWritable('node_modules/x/index.js')).toBe(false);
    expect(isWritable('src/node_modules.ts')).toBe(true);
  });
});
