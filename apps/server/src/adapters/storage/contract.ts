import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ObjectStorage } from './storage.ts';

let count = 0;
/** A prefix of its own for every test. */
const place = () => {
  count += 1;
  return `apps/test-${process.pid}-${count}`;
};
const of = (...chunks: (string | Buffer)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

/** What every adapter of the port has to do. */
export function objectStorageContract(name: string, open: () => Promise<ObjectStorage>): void {
  describe(`object storage in ${name}`, async () => {
    const storage = await open();
    const text = async (key: string, range?: { start: number; end: number }) => {
      const found = await storage.get(key, range);
      return found && { text: (await buffer(found.body)).toString(), bytes: found.bytes };
    };

    test('keeps what it is given, whole and in parts', async () => {
      const key = `${place()}/a/hello.txt`;
      expect(await storage.put(key, of('Good ', 'morning'))).toEqual({ bytes: 12 });
      expect(await text(key)).toEqual({ text: 'Good morning', bytes: 12 });
      expect(await text(key, { start: 5, end: 8 })).toEqual({ text: 'morn', bytes: 12 });
    });

    test('keeps large and empty objects', async () => {
      const at = place();
      const part = Buffer.alloc(1024 * 1024, 7);
      await storage.put(`${at}/large`, Readable.from(Array.from({ length: 12 }, () => part)));
      await storage.put(`${at}/empty`, of());
      const large = await storage.get(`${at}/large`);
      expect(large?.bytes).toBe(12 * part.length);
      expect((await buffer(large?.body ?? of())).every((byte) => byte === 7)).toBe(true);
      expect(await text(`${at}/empty`)).toEqual({ text: '', bytes: 0 });
    });

    test('replaces an object as a whole; who reads the old one reads it to its end', async () => {
      const key = `${place()}/one`;
      await storage.put(key, of('before'));
      const old = await storage.get(key);
      await storage.put(key, of('after'));
      expect(await text(key)).toEqual({ text: 'after', bytes: 5 });
      expect((await buffer(old?.body ?? of())).toString()).toBe('before');
    });

    test('keeps nothing of a body that breaks off, and what was there before', async () => {
      const key = `${place()}/one`;
      const broken = () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('half');
            throw new Error('gone');
          })(),
        );
      await expect(storage.put(key, broken())).rejects.toThrow('gone');
      expect(await storage.get(key)).toBeNull();
      await storage.put(key, of('before'));
      await expect(storage.put(key, broken())).rejects.toThrow('gone');
      expect(await text(key)).toMatchObject({ text: 'before' });
    });

    test('has no object that was never there or was removed', async () => {
      const at = place();
      expect(await storage.get(`${at}/none`)).toBeNull();
      await storage.put(`${at}/one`, of('1'));
      await storage.put(`${at}/two/three`, of('3'));
      await storage.remove([`${at}/one`, `${at}/none`, `${at}/two/three`]);
      await storage.remove([]);
      expect(await storage.get(`${at}/one`)).toBeNull();
      expect(await storage.list(at)).toEqual({ items: [], next: null });
    });

    test('lists by whole parts of keys, in order and by the page', async () => {
      const at = place();
      for (const name of ['b', 'a/2', 'a/1', 'c']) await storage.put(`${at}/${name}`, of(name));
      await storage.put(`${at}-other/x`, of('x'));
      const first = await storage.list(at, { limit: 3 });
      expect(first.items.map(({ key, bytes }) => [key, bytes])).toEqual([
        [`${at}/a/1`, 3],
        [`${at}/a/2`, 3],
        [`${at}/b`, 1],
      ]);
      expect(first.items[0]?.modifiedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
      const rest = await storage.list(at, { after: first.next ?? '', limit: 3 });
      expect(rest).toMatchObject({ items: [{ key: `${at}/c` }], next: null });
      expect((await storage.list(`${at}/a`)).items).toHaveLength(2);
    });

    const long = 'x'.repeat(1_000);
    const names = ['', '/', '../x', 'a/../b', 'a//b', '/etc/passwd', 'a/./b', 'a\\b', 'a\0b', 'a/.drafts', long];
    test.each(names.map((key) => [key.slice(0, 20), key]))('refuses %j as a key', async (_shown, key) => {
      await expect(storage.put(key, of('x'))).rejects.toThrow('not an object key');
      await expect((async () => storage.get(key))()).rejects.toThrow('not an object key');
      await expect(storage.remove([key])).rejects.toThrow('not an object key');
    });
  });
}
