import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A build put out something that must not become an artefact. */
export class ArtefactRefused extends Error {
  override readonly name = 'ArtefactRefused';
}

const LIMITS = { files: 5_000, bytes: 200 * 1024 * 1024 };

interface ArtefactFile {
  path: string;
  executable: boolean;
  bytes: number;
}

/** Built applications by content: `artefacts/<digest>/`, never changed once there. */
export interface ArtefactStore {
  /** Name of an artefact's folder. */
  name(digest: string): string;
  path(digest: string): string;
  has(digest: string): Promise<boolean>;
  /** Keeps an artefact from being collected for a while; false when it is not there. */
  use(digest: string): Promise<boolean>;
  /** Takes the outputs of a build over; the same content gives the same digest and is kept once. */
  add(buildDir: string, outputs: readonly string[]): Promise<string>;
}

export function createArtefactStore(folder: string): ArtefactStore {
  const name = (digest: string) => digest.replace(/^sha256:/, '');
  const path = (digest: string) => join(folder, name(digest));
  const has = (digest: string) =>
    lstat(path(digest)).then(
      () => true,
      () => false,
    );
  const use = (digest: string) => {
    const now = new Date();
    return utimes(path(digest), now, now).then(
      () => true,
      () => false,
    );
  };
  return {
    name,
    path,
    has,
    use,
    async add(buildDir, outputs) {
      const files = await listFiles(buildDir, outputs).catch(asRefusal);
      const digest = await digestOf(buildDir, files);
      if (await use(digest)) return digest;
      await mkdir(folder, { recursive: true });
      const draft = await mkdtemp(join(folder, 'draft-'));
      for (const output of outputs) {
        await cp(join(buildDir, output), join(draft, output), {
          recursive: true,
          verbatimSymlinks: true,
          errorOnExist: false,
        });
      }
      await rename(draft, path(digest)).catch(async (error: unknown) => {
        await rm(draft, { recursive: true, force: true });
        if (!(await has(digest))) throw error;
      });
      return digest;
    },
  };
}

/** A folder that its build made unreadable is the build's fault. */
function asRefusal(error: unknown): never {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM')
    throw new ArtefactRefused(`The build put out ${path}, which cannot be read.`);
  throw error;
}

/** The regular files of the outputs in a fixed order; links and devices are refused, they could lead outside. */
async function listFiles(buildDir: string, outputs: readonly string[]): Promise<ArtefactFile[]> {
  const files: ArtefactFile[] = [];
  let bytes = 0;
  const visit = async (path: string): Promise<void> => {
    const stat = await lstat(path).catch(() => null);
    const name = relative(buildDir, path);
    if (!stat) throw new ArtefactRefused(`The build made no ${name}.`);
    if (stat.isDirectory()) {
      for (const entry of (await readdir(path)).sort()) await visit(join(path, entry));
      return;
    }
    if (!stat.isFile())
      throw new ArtefactRefused(`${name} is a link or a special file; a build may put out plain files only.`);
    bytes += stat.size;
    files.push({ path: name, executable: (stat.mode & 0o111) !== 0, bytes: stat.size });
    if (files.length > LIMITS.files || bytes > LIMITS.bytes) {
      throw new ArtefactRefused(
        `The build put out more than ${LIMITS.files} files or ${LIMITS.bytes / 1024 / 1024} MB.`,
      );
    }
  };
  for (const output of [...outputs].sort()) await visit(join(buildDir, output));
  return files;
}

async function digestOf(buildDir: string, files: readonly ArtefactFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file.path}\0${file.executable ? 'x' : '-'}\0${file.bytes}\0`);
    await pipeline(createReadStream(join(buildDir, file.path)), async (chunks) => {
      for await (const chunk of chunks) hash.update(chunk as Buffer);
    });
  }
  return `sha256:${hash.digest('hex')}`;
}
