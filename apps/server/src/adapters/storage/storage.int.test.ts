import crypto from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import S3rver from 's3rver';
import { afterAll, expect, test, vi } from 'vitest';
import { BLOCK, mountSmallDisk } from '../../testing/index.ts';
import { objectStorageContract } from './contract.ts';
import { createFolderStorage } from './folder.ts';
import { createS3Storage } from './s3.ts';
import { type ObjectPage, StorageFull } from './storage.ts';

// The server pages with single DES, which OpenSSL has no more; the same three times over, in its threefold form, is the same.
for (const name of ['createCipheriv', 'createDecipheriv'] as const) {
  const real = crypto[name] as (algorithm: string, key: Buffer, iv: Buffer) => unknown;
  Object.assign(crypto, {
    [name]: (algorithm: string, key: Buffer, iv: Buffer) =>
      algorithm === 'des' ? real('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : real(algorithm, key, iv),
  });
}

const folder = mkdtempSync(join(tmpdir(), 'tk-storage-'));
const server = new S3rver({
  ...{ port: 0, address: '127.0.0.1', silent: true, directory: join(folder, 's3') },
  configureBuckets: [{ name: 'talkide', configs: [] }],
});
const { port } = await server.run();
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

objectStorageContract('a folder', () => createFolderStorage(join(folder, 'objects')));
objectStorageContract('a bucket', () =>
  createS3Storage({
    ...{ bucket: 'talkide', region: 'us-east-1', accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    endpoint: `http://127.0.0.1:${port}`,
  }),
);

test('a folder forgets at its start what was half written when the platform died', async () => {
  const root = join(folder, 'again');
  await mkdir(join(root, '.drafts'), { recursive: true });
  await writeFile(join(root, '.drafts', 'half'), 'half');
  await createFolderStorage(root);
  expect(await readdir(join(root, '.drafts'))).toEqual([]);
});

test('what another process is writing to the same folder stays where it is', async () => {
  const root = join(folder, 'shared');
  const [mine, theirs] = [join(root, '.drafts'), join(root, 'seats', '2')];
  const storage = await createFolderStorage(root, mine);
  const body = new PassThrough();
  const put = storage.put('apps/a', body);
  body.write('half of it, ');
  await vi.waitUntil(async () => (await readdir(mine)).length === 1);
  await createFolderStorage(root, theirs);
  body.end('and the rest');
  expect(await put).toEqual({ bytes: 24 });
});

test('a folder without room says so in the middle of an object, and keeps what stood there and nothing of the new one', async () => {
  const disk = mountSmallDisk(join(folder, 'disk'), 4);
  try {
    const storage = await createFolderStorage(join(disk.path, 'objects'));
    await storage.put('apps/a', Readable.from(['as it was']));
    const body = () => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(BLOCK, 'x')));
    for (const left of [0, 1, 20, 63].map((blocks) => blocks * BLOCK)) {
      await expect(disk.leaving(left, () => storage.put('apps/a', body()))).rejects.toThrow(StorageFull);
      expect(await readdir(join(disk.path, 'objects', '.drafts'))).toEqual([]);
      const kept = await storage.get('apps/a');
      expect(kept && (await text(kept.body))).toBe('as it was');
    }
    expect(await storage.put('apps/a', body())).toEqual({ bytes: 64 * BLOCK });
  } finally {
    disk.unmount();
  }
});

test('a folder lists in the order of keys, by any page', async () => {
  const storage = await createFolderStorage(join(folder, 'ordered'));
  const keys = ['a', 'a-b', 'a.b/c', 'b-1', 'b/1', 'b/2/x', 'b0', 'c/d/e'].map((name) => `apps/${name}`);
  for (const key of keys) await storage.put(key, Readable.from([Buffer.from(key)]));
  for (let limit = 1; limit <= keys.length + 1; limit++) {
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: ObjectPage = await storage.list('apps', { limit, ...(after && { after }) });
      seen.push(...page.items.map(({ key }) => key));
      after = page.next;
    }
    expect(seen).toEqual(keys);
  }
});
