import { describe, expect, it } from 'vitest';
import { fileTree, foldersAbove, type TreeNode } from './file-tree';

const names = (nodes: TreeNode[]): unknown[] =>
  nodes.map((node) => (node.kind === 'folder' ? [node.name, names(node.children)] : node.name));

describe('fileTree', () => {
  it('puts files into their folders, folders first', () => {
    expect(names(fileTree(['b.ts', 'src/pages/Home.vue', 'a.ts', 'src/main.ts']))).toEqual([
      ['src', [['pages', ['Home.vue']], 'main.ts']],
      'a.ts',
      'b.ts',
    ]);
  });
  it('names the folders above a file', () => {
    expect(foldersAbove('src/pages/Home.vue')).toEqual(['src', 'src/pages']);
    expect(foldersAbove('a.ts')).toEqual([]);
  });
});
