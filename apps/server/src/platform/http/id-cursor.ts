import { Id } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import { decodeCursor } from './cursor.ts';

/** The id at which a page of a list in order of ids begins, itself left out; null for the first page. */
export function readIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = Id.safeParse(decodeCursor(cursor, 1)[0]);
  if (!id.success) throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
  return id.data;
}
