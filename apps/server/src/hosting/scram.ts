import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const ITERATIONS = 4096;

/**
 * The SCRAM-SHA-256 verifier that PostgreSQL keeps for a password (RFC 5803). The salt is derived from the role, so that
 * the role and the credential store of PgBouncer hold the identical text, which SCRAM pass-through needs.
 */
export function scramVerifier(role: string, password: string): string {
  const salt = createHash('sha256').update(`talkide scram salt\0${role}\0${password}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}
