import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { sha256 } from './secrets.ts';

/** What was sealed cannot be opened: another secret key sealed it, or it does not belong where it was found. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

/** Keeps short texts encrypted: AES-256-GCM under keys derived from the platform's secret key. */
export interface Vault {
  /** `place` says where the text belongs; it opens nowhere else. */
  seal(place: string, text: string): string;
  /** Throws `CannotOpen`. */
  open(place: string, sealed: string): string;
  /** Bytes of the text that is sealed. */
  sizeOf(sealed: string): number;
  /** Sealed under the key of today, not under the one before a rotation. */
  isCurrent(sealed: string): boolean;
}

interface Key {
  id: string;
  bytes: Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function keyOf(secretKey: string): Key {
  const bytes = createHmac('sha256', secretKey).update('vault\0v1').digest();
  return { id: sha256(bytes.toString('hex')).slice(0, 8), bytes };
}

/** A sealed text reads `v1.<key>.<base64url of nonce, tag and cipher text>`. `previous` opens, and seals nothing. */
export function createVault({ current, previous }: { current: string; previous?: string | undefined }): Vault {
  const today = keyOf(current);
  const keys = [today, ...(previous ? [keyOf(previous)] : [])];

  return {
    seal(place, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', today.bytes, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `v1.${today.id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(place, sealed) {
      const [version, id, body = ''] = sealed.split('.');
      const key = version === 'v1' ? keys.find((one) => one.id === id) : undefined;
      if (!key) throw new CannotOpen('It was sealed under another secret key.');
      const bytes = Buffer.from(body, 'base64url');
      try {
        const nonce = bytes.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(place))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        throw new CannotOpen('It was changed, or does not belong here.');
      }
    },
    sizeOf: (sealed) => Buffer.byteLength(sealed.split('.')[2] ?? '', 'base64url') - NONCE_BYTES - TAG_BYTES,
    isCurrent: (sealed) => sealed.startsWith(`v1.${today.id}.`),
  };
}
