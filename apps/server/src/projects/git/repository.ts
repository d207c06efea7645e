import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../errors.ts';
import { type Git, GitFailed } from './git.ts';
import { type FileChange, parseChanges, parseEntryMeta, parseTree, splitPatches, type TreeEntry } from './parse.ts';
import * as scripts from './scripts.ts';

export interface Author {
  name: string;
  email: string;
}

/** What a new commit is and what it changed against its parent. */
export interface Committed {
  commit: string;
  tree: string;
  files: FileChange[];
}

export interface Blob extends Omit<TreeEntry, 'path'> {
  /** Empty when the file is larger than was asked for. */
  content: Buffer;
}

/** Where a project's code stands, canonical paths. */
export interface Place {
  repository: string;
  tree: string;
  /** What node_modules points at inside sandboxes: the stack's packages, or a folder in those of its own. */
  modules: { shared: string; own: string };
}

const LISTED = 2000;
const LIST_BYTES = 1024 * 1024;
const DIFF_FILES = 300;
const DIFF_BYTES = 400 * 1024;

/** The platform as the author and committer of a commit. */
export const PLATFORM = {
  GIT_AUTHOR_NAME: 'TalkIDE',
  GIT_AUTHOR_EMAIL: 'talkide@localhost',
  GIT_COMMITTER_NAME: 'TalkIDE',
  GIT_COMMITTER_EMAIL: 'talkide@localhost',
} as const;

/** A person or Mara as the author; cleaned so that git takes it as one line that is not empty. */
function identity(author: Author): Record<string, string> {
  const clean = (text: string, fallback: string) => text.replace(/[<>\p{Cc}]/gu, ' ').trim() || fallback;
  return {
    ...PLATFORM,
    GIT_AUTHOR_NAME: clean(author.name, PLATFORM.GIT_AUTHOR_NAME),
    GIT_AUTHOR_EMAIL: clean(author.email, PLATFORM.GIT_AUTHOR_EMAIL),
  };
}

function committed({ stdout }: { stdout: Buffer }): Committed | null {
  const text = stdout.toString('utf8');
  const end = text.indexOf('\0');
  if (end < 0) return null;
  const [commit = '', tree = ''] = text.slice(0, end).split(' ');
  return { commit, tree, files: parseChanges(text.slice(end + 1)) };
}

/** Commits what the tree holds; null when that is what the parent holds. */
export async function commitAll(
  git: Git,
  place: Place,
  change: { parent: string; message: string; author: Author },
): Promise<Committed | null> {
  return committed(
    await git.run({
      script: scripts.commitScript,
      args: [change.parent, change.message],
      repository: { dir: place.repository, mode: 'rw' },
      tree: { dir: place.tree, mode: 'rw' },
      env: identity(change.author),
    }),
  );
}

/** Keeps what the tree holds now, without a commit; the name of its git tree. */
export async function snapshot(git: Git, place: Place): Promise<string> {
  const { stdout } = await git.run({
    script: scripts.snapshotScript,
    args: [],
    repository: { dir: place.repository, mode: 'rw' },
    tree: { dir: place.tree, mode: 'rw' },
  });
  return stdout.toString('utf8');
}

/** Brings the tree back to a commit. With `keepAs`, what it held stays under `refs/attempts/<keepAs>`. */
export async function cleanTo(git: Git, place: Place, commit: string, keepAs: string | null): Promise<void> {
  await git.run({
    script: scripts.cleanScript,
    args: [commit, keepAs ?? '', place.modules.shared, place.modules.own],
    repository: { dir: place.repository, mode: 'rw' },
    tree: { dir: place.tree, mode: 'rw' },
    env: PLATFORM,
  });
}

/** Whether the tree is known to hold what a commit does, and nobody to have been at it since. */
export async function standsAt({ repository }: Place, commit: string): Promise<boolean> {
  const noted = await readFile(join(repository, scripts.STANDS_AT), 'utf8').catch(() => null);
  return noted === commit;
}

/** Says that somebody is at the tree from now on, until it is committed or cleaned. */
export const giveOut = ({ repository }: Place): Promise<void> =>
  rm(join(repository, scripts.STANDS_AT), { force: true });

/** Commits the files of an older commit on top of the parent and lays them into the tree. */
export async function restoreTo(
  git: Git,
  place: Place,
  change: { parent: string; target: string; message: string; author: Author },
): Promise<Committed> {
  const result = committed(
    await git.run({
      script: scripts.restoreScript,
      args: [change.parent, change.target, change.message, place.modules.shared, place.modules.own],
      repository: { dir: place.repository, mode: 'rw' },
      tree: { dir: place.tree, mode: 'rw' },
      env: identity(change.author),
    }),
  );
  if (!result) throw new Error(`restoring ${change.target} gave no commit`);
  return result;
}

/** Commits one file and writes it to the tree; null when it holds that content already. */
export async function commitFile(
  git: Git,
  place: Place,
  change: { parent: string; path: string; mode: string; content: string; message: string; author: Author },
): Promise<Committed | null> {
  try {
    return committed(
      await git.run({
        script: scripts.editScript,
        args: [change.parent, change.path, change.mode, change.message, place.modules.shared, place.modules.own],
        repository: { dir: place.repository, mode: 'rw' },
        tree: { dir: place.tree, mode: 'rw' },
        env: identity(change.author),
        stdin: change.content,
      }),
    );
  } catch (error) {
    const blocked = error instanceof GitFailed && error.exitCode === scripts.PATH_BLOCKED;
    throw blocked ? new DomainError('path_refused', { path: change.path }, error) : error;
  }
}

/** Lays the files of a commit (or git tree) into an empty folder. The repository is not written. */
export async function checkout(git: Git, repository: string, commit: string, targetDir: string): Promise<void> {
  await git.run({
    script: scripts.checkoutScript,
    args: [commit],
    repository: { dir: repository, mode: 'ro' },
    tree: { dir: targetDir, mode: 'rw' },
  });
}

/** Files of a commit, sorted by path; links count as files, foreign repositories are left out. */
export async function listTree(
  git: Git,
  repository: string,
  commit: string,
): Promise<{ entries: TreeEntry[]; truncated: boolean }> {
  const { stdout, truncated } = await git.run({
    script: scripts.listScript,
    args: [commit],
    repository: { dir: repository, mode: 'ro' },
    maxBytes: LIST_BYTES,
  });
  const entries = parseTree(stdout).filter((entry) => entry.type === 'blob');
  return { entries: entries.slice(0, LISTED), truncated: truncated || entries.length > LISTED };
}

/** One entry of a commit with its content up to `maxBytes`; null when there is none. */
export async function readEntry(
  git: Git,
  repository: string,
  at: { commit: string; path: string; maxBytes: number },
): Promise<Blob | null> {
  const { stdout } = await git.run({
    script: scripts.readScript,
    args: [at.commit, at.path, String(at.maxBytes)],
    repository: { dir: repository, mode: 'ro' },
    maxBytes: at.maxBytes + 1024,
  });
  const end = stdout.indexOf(0);
  const meta = end < 0 ? null : parseEntryMeta(stdout.subarray(0, end).toString());
  return meta ? { ...meta, content: stdout.subarray(end + 1) } : null;
}

/** What changed between two commits, with unified diffs as far as they fit. */
export async function diff(
  git: Git,
  repository: string,
  older: string,
  newer: string,
): Promise<{ files: (FileChange & { patch: string | null })[]; truncated: boolean }> {
  const { stdout, truncated } = await git.run({
    script: scripts.diffScript,
    args: [older, newer],
    repository: { dir: repository, mode: 'ro' },
    maxBytes: DIFF_BYTES,
  });
  const text = stdout.toString('utf8');
  const middle = text.indexOf('\0\n\n');
  const changes = parseChanges(middle < 0 ? text : text.slice(0, middle + 1));
  const patches = splitPatches(middle < 0 ? '' : text.slice(middle + 3), changes.length, truncated);
  const files = changes.slice(0, DIFF_FILES).map((change, i) => ({ ...change, patch: patches[i] ?? null }));
  return { files, truncated: truncated || changes.length > DIFF_FILES };
}
