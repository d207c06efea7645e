import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScreenshotType } from '@talkide/contracts';
import type { Layout } from './layout.ts';

export interface Screenshot {
  bytes: Buffer;
  type: ScreenshotType;
  takenAt: Date;
}

/** The last picture of each project: a file, whose time of change is when it was taken. */
export interface Screenshots {
  /** Null when there is none. Waits for the disk: some 5 µs. */
  takenAt(projectId: string): Date | null;
  read(projectId: string): Promise<Screenshot | null>;
  /** Replaces the picture as a whole. */
  write(projectId: string, bytes: Buffer): Promise<void>;
  remove(projectId: string): Promise<void>;
  /** Throws away pictures that belong to no project. */
  sweep(isProject: (projectId: string) => boolean): Promise<void>;
}

export function createScreenshots(layout: Pick<Layout, 'screenshots' | 'staging'>): Screenshots {
  const fileOf = (projectId: string) => join(layout.screenshots, projectId);
  const remove = (projectId: string) => rm(fileOf(projectId), { force: true });

  return {
    takenAt: (projectId) => statSync(fileOf(projectId), { throwIfNoEntry: false })?.mtime ?? null,

    async read(projectId) {
      const file = await open(fileOf(projectId)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (!file) return null;
      try {
        const bytes = await file.readFile();
        const type = pictureType(bytes);
        return type && { bytes, type, takenAt: (await file.stat()).mtime };
      } finally {
        await file.close();
      }
    },

    async write(projectId, bytes) {
      const draft = join(layout.staging, randomUUID());
      await writeFile(draft, bytes, { mode: 0o600 });
      await rename(draft, fileOf(projectId));
    },

    remove,

    async sweep(isProject) {
      const orphans = (await readdir(layout.screenshots)).filter((name) => !isProject(name));
      await Promise.all(orphans.map(remove));
    },
  };
}

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** What a picture is by its first bytes; null when it is neither. */
export function pictureType(bytes: Buffer): ScreenshotType | null {
  if (bytes.subarray(0, 8).equals(PNG)) return 'image/png';
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isWebp ? 'image/webp' : null;
}
