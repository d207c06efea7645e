import type { Readable } from 'node:stream';

/** Bytes from the first to the last, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface StoredObject {
  body: Readable;
  /** Of the whole object, also when a part was asked for. */
  bytes: number;
}

export interface ObjectPage {
  items: { key: string; bytes: number; modifiedAt: Date }[];
  /** Ask again with it as `after`; null at the end. */
  next: string | null;
}

/** Keeps objects by key: parts of letters, digits, `.`, `_` and `-`, joined by slashes. A key is written once or as a whole. */
export interface ObjectStorage {
  /** Reads the body to its end. Rejects with its error, or with `StorageFull`; then there is no such object, or the one of before. */
  put(key: string, body: Readable): Promise<{ bytes: number }>;
  /** Null when there is none. The body fails when the object is cut short meanwhile. */
  get(key: string, range?: ByteRange): Promise<StoredObject | null>;
  /** What is not there is no error. */
  remove(keys: readonly string[]): Promise<void>;
  /** Objects whose key begins with the prefix, a whole part of keys, in the order of their keys. */
  list(prefix: string, page?: { after?: string; limit?: number }): Promise<ObjectPage>;
}

/** There is no room for an object. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

const PART = /^[\w-][\w.-]{0,199}$/;

/** Throws for a key that could mean something else to a file system or a server than to us. */
export function checkKey(key: string): string {
  if (key.length > 900 || !key.split('/').every((part) => PART.test(part)))
    throw new Error(`not an object key: ${key}`);
  return key;
}
