import type { FileDiff } from '@talkide/contracts';

/** One entry of a commit's tree. `mode` is git's: 100644, 100755, 120000 for a link, 160000 for a foreign commit. */
export interface TreeEntry {
  mode: string;
  type: string;
  sha: string;
  size: number;
  path: string;
}

/** What a commit did to one file; without its text. */
export type FileChange = Omit<FileDiff, 'patch'>;

const kinds: Record<string, FileChange['change']> = { A: 'ADDED', C: 'ADDED', D: 'DELETED', R: 'RENAMED' };

/** Reads `mode type sha size` as `git ls-tree -l` prints it. */
export function parseEntryMeta(meta: string): Omit<TreeEntry, 'path'> | null {
  const [mode, type, sha, size] = meta.split(/ +/);
  if (!mode || !type || !sha) return null;
  return { mode, type, sha, size: size === undefined || size === '-' ? 0 : Number(size) };
}

/** Reads `git ls-tree -r -z -l`; an entry that was cut off is dropped. */
export function parseTree(output: Buffer): TreeEntry[] {
  const text = output.toString('utf8');
  return text
    .slice(0, text.lastIndexOf('\0') + 1)
    .split('\0')
    .flatMap((record) => {
      const tab = record.indexOf('\t');
      const meta = tab < 0 ? null : parseEntryMeta(record.slice(0, tab));
      return meta ? [{ ...meta, path: record.slice(tab + 1) }] : [];
    });
}

/**
 * Reads `git diff-tree -z --raw --numstat -M`: all raw records, then all counts in the same order.
 * Records of a list that was cut off are dropped where they lack their counts.
 */
export function parseChanges(output: string): FileChange[] {
  const fields = output.split('\0');
  const changes: FileChange[] = [];
  let at = 0;
  while (fields[at]?.startsWith(':')) {
    const letter = fields[at]?.split(' ')[4]?.[0] ?? 'M';
    const renamed = letter === 'R' || letter === 'C';
    const first = fields[at + 1] ?? '';
    const path = renamed ? (fields[at + 2] ?? '') : first;
    changes.push({
      path,
      previousPath: letter === 'R' ? first : null,
      change: kinds[letter] ?? 'MODIFIED',
      additions: 0,
      deletions: 0,
    });
    at += renamed ? 3 : 2;
  }
  const counted: FileChange[] = [];
  for (const change of changes) {
    const match = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(fields[at] ?? '');
    if (!match) break;
    at += match[3] === '' ? 3 : 1;
    counted.push({ ...change, additions: count(match[1]), deletions: count(match[2]) });
  }
  return counted;
}

const count = (text: string | undefined): number => (text === undefined || text === '-' ? 0 : Number(text));

/**
 * Splits `git diff-tree -p` into one unified diff per change (they come in the same order). Null for a binary file and
 * for one whose diff was cut off; empty when only name or mode changed. A file that became a link has two sections.
 */
export function splitPatches(output: string, changes: number, cut: boolean): (string | null)[] {
  const sections = output.split(/^(?=diff --git )/m).filter((section) => section.startsWith('diff --git '));
  const merged: string[] = [];
  for (const section of sections) {
    const last = merged.at(-1);
    if (last !== undefined && header(last) === header(section)) merged[merged.length - 1] = last + section;
    else merged.push(section);
  }
  if (cut) merged.pop();
  return Array.from({ length: changes }, (_, i) => {
    const section = merged[i];
    return section === undefined ? null : unified(section);
  });
}

const header = (section: string): string => section.slice(0, section.indexOf('\n'));

function unified(section: string): string | null {
  if (/^(Binary files .* differ|GIT binary patch)$/m.test(section.split(/^@@ /m)[0] ?? '')) return null;
  const start = section.search(/^--- /m);
  return start < 0 ? '' : section.slice(start);
}
