import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { isUploadName } from '@talkide/contracts';
import { type ByteRange, type ObjectStorage, StorageFull, sweepObjects } from '../adapters/storage/index.ts';
import { bounded } from '../platform/bounded.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { UploadRefused } from './refused.ts';
import * as store from './store.ts';

export interface UploadLimits {
  /** Of all files of a project together. */
  quotaBytes: number;
  /** Of one file. */
  fileBytes: number;
  files: number;
}

export interface FilesOptions {
  db: Database;
  storage: ObjectStorage;
  limits: UploadLimits;
}

export interface NewFile {
  name: string;
  type: string;
  /** As announced; null when nobody said. */
  bytes: number | null;
  /** Lower than the limit of every file, where a link says so. */
  maxBytes?: number;
}

type Owner = store.UploadOwner;
export type Files = ReturnType<typeof createFiles>;

const FOLDERS: Readonly<Record<store.UploadKind, string>> = { PREVIEW: 'preview', PUBLISHED: 'prod', LOOK: 'look' };
const TYPE = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}(;[ -~]{0,80})?$/;

/** Files of applications: rows say which there are, objects hold their bytes. A file is there with its row and not before. */
export function createFiles({ db, storage, limits }: FilesOptions) {
  async function put(
    owner: Owner,
    file: NewFile,
    body: Readable,
  ): Promise<{ name: string; bytes: number; type: string }> {
    const { name } = file;
    if (!isUploadName(name)) throw new UploadRefused('upload_name_refused');
    const type = TYPE.test(file.type) ? file.type : 'application/octet-stream';
    const largest = Math.min(file.maxBytes ?? limits.fileBytes, limits.fileBytes);
    if ((file.bytes ?? 0) > largest) throw new UploadRefused('upload_too_large', largest);
    const { prefix, left } = await db.tenant(owner.tenantId, async (tx) => {
      const used = await store.usedBytes(tx, owner, name);
      return { prefix: await store.prefixOf(tx, owner.projectId), left: limits.quotaBytes - used.bytes };
    });
    if (prefix === null) throw new UploadRefused('not_found');
    if ((file.bytes ?? 0) > left) throw new UploadRefused('uploads_full', limits.quotaBytes);
    const key = `${prefix}/${FOLDERS[owner.kind]}/${randomUUID()}`;
    const kept = bounded(body, Math.min(largest, left), () =>
      largest <= left
        ? new UploadRefused('upload_too_large', largest)
        : new UploadRefused('uploads_full', limits.quotaBytes),
    );
    const { bytes } = await storage.put(key, kept).catch((error: unknown) => {
      body.unpipe(kept).resume();
      throw error instanceof StorageFull ? new UploadRefused('storage_full') : error;
    });
    try {
      const before = await db.tenant(owner.tenantId, async (tx) => {
        await store.lockUploads(tx, owner);
        const used = await store.usedBytes(tx, owner, name);
        if (used.bytes + bytes > limits.quotaBytes || used.files >= limits.files)
          throw new UploadRefused('uploads_full', limits.quotaBytes);
        return store.putUpload(tx, owner, { name, key, bytes, type });
      });
      if (before) await storage.remove([before]);
    } catch (error) {
      await storage.remove([key]).catch(() => {});
      throw error;
    }
    return { name, bytes, type };
  }

  const find = (owner: Owner, name: string) => db.tenant(owner.tenantId, (tx) => store.findUpload(tx, owner, name));

  return {
    limits,
    put,
    find,
    /** The file with its bytes; null when there is none, or it is being replaced right now. */
    async get(owner: Owner, name: string, range?: ByteRange) {
      const row = await find(owner, name);
      const object = row && (await storage.get(row.object_key, range));
      return row && object ? { ...row, body: object.body } : null;
    },
    list: (owner: Owner, page: Parameters<typeof store.listUploads>[2]) =>
      db.tenant(owner.tenantId, (tx) => store.listUploads(tx, owner, page)),
    used: (owner: Owner) => db.tenant(owner.tenantId, (tx) => store.usedBytes(tx, owner)),
    /** False when there is no such file. */
    async remove(owner: Owner, name: string): Promise<boolean> {
      const keys = await db.tenant(owner.tenantId, (tx) => store.removeUploads(tx, owner, name));
      await storage.remove(keys);
      return keys.length > 0;
    },
    /** Forgets all files of a kind. */
    async clear(owner: Owner): Promise<void> {
      await storage.remove(await db.tenant(owner.tenantId, (tx) => store.removeUploads(tx, owner)));
    },
    /** A project is being deleted, its rows with it; the answer, called once it is gone, removes the objects. */
    async deleting(tx: Tx, project: Omit<Owner, 'kind'>): Promise<() => Promise<void>> {
      const keys = await store.allKeys(tx, project);
      return () => storage.remove(keys);
    },
    /** Removes objects that no file speaks of. */
    sweep: (now = Date.now()) =>
      sweepObjects(storage, 'apps', (keys) => db.system((tx) => store.knownKeys(tx, keys)), now),
  };
}
