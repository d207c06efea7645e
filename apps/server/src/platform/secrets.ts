import { createHash, createHmac, randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keys derived from the platform's one secret; the secret itself stays here. */
export interface Secrets {
  /** A 256-bit key for a purpose and a name, hex. The same input gives the same key. */
  derive(purpose: string, name: string): string;
}

export function createSecrets(secretKey: string): Secrets {
  return {
    derive: (purpose, name) => createHmac('sha256', secretKey).update(`${purpose}\0${name}`).digest('hex'),
  };
}

/** The secret key cannot be had; without it nobody stays signed in and no application reaches its data. */
export class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
  readonly mend = 'Make it readable again or restore it from a backup; TALKIDE_SECRET_KEY can take its place.';
}

/** The secret key of a home folder: `secret.key`, made at the first start, readable by its owner only. */
export async function loadSecretKey(home: string): Promise<string> {
  const file = join(home, 'secret.key');
  const key = await readOrMake(file).catch((error: NodeJS.ErrnoException) => {
    throw new SecretKeyError(`The secret key ${file} cannot be read (${error.code}).`, { cause: error });
  });
  if (key.length < 32) throw new SecretKeyError(`The secret key ${file} is cut off.`);
  return key;
}

/** Written aside and linked, so that nobody reads half a key and a full disk leaves none. */
async function readOrMake(file: string): Promise<string> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An opaque 256-bit token, URL-safe, with a prefix that tells what it is. */
export const randomToken = (prefix = ''): string => prefix + randomBytes(32).toString('base64url');
