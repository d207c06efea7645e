import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../errors.ts';
import { sha256 } from '../secrets.ts';

/** A strong ETag of a version of something, by the time it was last changed or any text that names the version. */
export function etagOf(version: Date | string): string {
  return `"${sha256(typeof version === 'string' ? version : version.toISOString()).slice(0, 24)}"`;
}

/** Refuses an edit that was made against another version. */
export function requireMatch(request: FastifyRequest, etag: string): void {
  const given = request.headers['if-match'];
  if (!given) throw new DomainError('precondition_required');
  const matches = given === '*' || given.split(',').some((one) => one.trim() === etag);
  if (!matches) throw new DomainError('edit_conflict');
}
