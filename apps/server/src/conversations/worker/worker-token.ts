import { timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../../platform/secrets.ts';

const PATTERN = /^tkw_([1-9]\d{0,18})_([0-9a-f]{64})$/;

/** The token of an environment's worker: the environment's id, signed with a key that only the platform has. */
export function workerToken(secrets: Secrets, environmentId: string): string {
  return `tkw_${environmentId}_${secrets.derive('worker-token', environmentId)}`;
}

/** The environment that a worker token speaks for; null when it is not one of ours. */
export function verifyWorkerToken(secrets: Secrets, token: string): string | null {
  const [, environmentId, signature] = PATTERN.exec(token) ?? [];
  if (!environmentId || !signature) return null;
  const expected = Buffer.from(secrets.derive('worker-token', environmentId));
  return timingSafeEqual(Buffer.from(signature), expected) ? environmentId : null;
}
