export interface FileNode {
  kind: 'file';
  name: string;
  path: string;
}
export interface FolderNode {
  kind: 'folder';
  name: string;
  path: string;
  children: TreeNode[];
}
export type TreeNode = FileNode | FolderNode;

const byName = (a: TreeNode, b: TreeNode): number =>
  a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'folder' ? -1 : 1;

/** Paths as folders and files, folders first. */
export function fileTree(paths: readonly string[]): TreeNode[] {
  const root: FolderNode = { kind: 'folder', name: '', path: '', children: [] };
  const folders = new Map<string, FolderNode>([['', root]]);

  function folder(path: string): FolderNode {
    const known = folders.get(path);
    if (known) return known;
    const cut = path.lastIndexOf('/');
    const made: FolderNode = { kind: 'folder', name: path.slice(cut + 1), path, children: [] };
    folders.set(path, made);
    folder(path.slice(0, Math.max(cut, 0))).children.push(made);
    return made;
  }
  for (const path of paths) {
    const cut = path.lastIndexOf('/');
    folder(path.slice(0, Math.max(cut, 0))).children.push({ kind: 'file', name: path.slice(cut + 1), path });
  }
  for (const one of folders.values()) one.children.sort(byName);
  return root.children;
}

/** Every folder above a path, nearest last. */
export const foldersAbove = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'));
