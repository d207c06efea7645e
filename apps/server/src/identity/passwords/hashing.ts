import { createHash } from 'node:crypto';
import { hash, verify } from '@node-rs/bcrypt';

/** bcrypt reads 72 bytes and stops at a NUL; what it would cut short is hashed first. */
const BCRYPT_BYTES = 72;

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** False when it doesn't match; takes as long for an account that does not exist (`null`). */
  verify(password: string, passwordHash: string | null): Promise<boolean>;
}

/** Hashes with bcrypt. One typed accent counts the same however the keyboard composed it. */
export function createPasswordHasher(cost: number): PasswordHasher {
  const nobody = hash('no account has this password', { cost });
  nobody.catch(() => {});
  return {
    hash: (password) => hash(digestible(password), { cost }),
    verify: async (password, passwordHash) => {
      const matches = await verify(digestible(password), passwordHash ?? (await nobody));
      return matches && passwordHash !== null;
    },
  };
}

function digestible(password: string): string {
  const text = password.normalize('NFC');
  if (Buffer.byteLength(text) <= BCRYPT_BYTES && !text.includes('\0')) return text;
  return createHash('sha256').update(text).digest('base64');
}
