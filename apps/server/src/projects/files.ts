import { createHash } from 'node:crypto';
import type { FileContent, FileDiff } from '@talkide/contracts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import type { Caller } from '../platform/http/caller.ts';
import { findAuthor } from './author.ts';
import { whereabouts } from './code.ts';
import type { Context } from './context.ts';
import { isTreePath, isWritable } from './file-path.ts';
import { type Blob, commitFile, diff, listTree, readEntry } from './git/repository.ts';
import { lockIdle } from './restore.ts';
import { addBuiltVersion } from './versions.ts';
import { findVersion, type ProjectVersionRow } from './versions-store.ts';

const VIEWED_BYTES = 1024 * 1024;
const EXECUTABLE = '100755';
const REGULAR = '100644';
const description = { en: (path: string) => `Edit ${path}`, cs: (path: string) => `Úprava ${path}` } as const;

async function requireVersion(
  context: Context,
  caller: Caller,
  projectId: string,
  number?: number,
): Promise<{ version: ProjectVersionRow; repository: string }> {
  const { tenantId } = caller;
  const version = await context.db.tenant(tenantId, (tx: Tx) => findVersion(tx, tenantId, projectId, number));
  if (!version) throw new DomainError('not_found');
  return { version, repository: context.places.folders({ id: projectId, environmentId: '' }).repository };
}

/** Files of a version, the newest one without a number. */
export async function listFiles(context: Context, caller: Caller, projectId: string, number?: number) {
  const { version, repository } = await requireVersion(context, caller, projectId, number);
  const { entries, truncated } = await listTree(context.git, repository, version.commit_sha);
  return { items: entries.map(({ path, size }) => ({ path, size })), truncated };
}

/** One file of a version, the newest one without a number. */
export async function readFile(
  context: Context,
  caller: Caller,
  projectId: string,
  file: { path: string; version?: number | undefined },
): Promise<FileContent> {
  const { version, repository } = await requireVersion(context, caller, projectId, file.version);
  if (!isTreePath(file.path)) throw new DomainError('not_found');
  const at = { commit: version.commit_sha, path: file.path, maxBytes: VIEWED_BYTES };
  const entry = await readEntry(context.git, repository, at);
  if (entry?.type !== 'blob') throw new DomainError('not_found');
  if (entry.size > VIEWED_BYTES) throw new DomainError('file_too_large');
  const text = textOf(entry.content);
  return { path: file.path, content: text ?? '', binary: text === null, size: entry.size, etag: etagOfBlob(entry.sha) };
}

/** What changed from one version to another, the one before it without a number. */
export async function diffVersions(
  context: Context,
  caller: Caller,
  projectId: string,
  pair: { number: number; against?: number | undefined },
): Promise<{ files: FileDiff[]; truncated: boolean }> {
  const { version, repository } = await requireVersion(context, caller, projectId, pair.number);
  const against = pair.against ?? pair.number - 1;
  // The first version has none before it: it is shown as it is, from nothing.
  const older = against < 1 ? null : (await requireVersion(context, caller, projectId, against)).version;
  return diff(context.git, repository, older?.commit_sha ?? EMPTY_TREE, version.commit_sha);
}

/** Git's name of a tree without files, the same everywhere. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/**
 * Saves a file as a new version. `check` gets the ETag of what stands there (null for nothing) and throws when the edit
 * was made against something else.
 */
export async function writeFile(
  context: Context,
  caller: Caller,
  projectId: string,
  file: { path: string; content: string },
  check: (etag: string | null) => void,
): Promise<FileContent> {
  const { tenantId } = caller;
  const { path, content } = file;
  const author = await findAuthor(context.db, caller.userId);
  await context.db.tenant(tenantId, async (tx) => {
    const project = await lockIdle(context, tx, tenantId, projectId);
    if (!isWritable(path)) throw new DomainError('path_refused', { path });
    const { place, head } = await whereabouts(context, tx, project);
    const entry = await readEntry(context.git, place.repository, { commit: head, path, maxBytes: 0 });
    check(entry ? etagOfBlob(entry.sha) : null);
    const message = description[caller.locale](path);
    const edit = { parent: head, path, mode: modeFor(entry, path), content, message, author };
    const committed = await commitFile(context.git, place, edit);
    if (!committed) return;
    await addBuiltVersion(context, tx, { project, ...committed, description: message, source: 'EDIT' });
  });
  const size = Buffer.byteLength(content);
  return { path, content, binary: false, size, etag: etagOfBlob(blobSha(content)) };
}

/** A file keeps whether it can be executed; a link, a folder or a foreign repository is not written over. */
function modeFor(entry: Blob | null, path: string): string {
  if (!entry || entry.mode === REGULAR) return REGULAR;
  if (entry.mode === EXECUTABLE) return EXECUTABLE;
  throw new DomainError('path_refused', { path });
}

const etagOfBlob = (sha: string): string => `"${sha}"`;

function blobSha(content: string): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Null for what is no text: a NUL, or bytes that are not UTF-8. */
function textOf(content: Buffer): string | null {
  if (content.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}
