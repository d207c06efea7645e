import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What tools leave behind where somebody worked in a template; never part of it. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.cache', '.git', '.DS_Store']);

/** Files of a template below `dir`, sorted, relative. A link is refused: templates are plain files. */
export async function templateFiles(dir: string, below = ''): Promise<string[]> {
  const names = (await readdir(join(dir, below))).filter((name) => !LEFT_OUT.has(name)).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const path = below ? `${below}/${name}` : name;
      const stats = await lstat(join(dir, path));
      if (stats.isDirectory()) return templateFiles(dir, path);
      if (!stats.isFile()) throw new Error(`${join(dir, path)} is neither a file nor a folder. Remove it.`);
      return [path];
    }),
  );
  return found.flat();
}

/** Names the content of files: the same paths, modes and bytes give the same text. */
export async function hashFiles(dir: string, paths: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    paths.map(async (path) => {
      const [content, stats] = await Promise.all([readFile(join(dir, path)), lstat(join(dir, path))]);
      return `${stats.mode & 0o100 ? 'x' : '-'} ${createHash('sha256').update(content).digest('hex')} ${path}\n`;
    }),
  );
  return createHash('sha256').update(parts.join('')).digest('hex');
}
