import pg from 'pg';
import { DomainError } from '../errors.ts';

/** Whatever is asked is ended after this. */
const DEADLINE_MS = 10_000;
const EXPORT_DEADLINE_MS = 120_000;
/** Bytes that one answer of the database may have: a single value may be a gigabyte, and all of it would be in memory. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface SessionOptions {
  /** Called with the bytes so far; null: unbounded, for answers that are passed on as they come. */
  maxBytes?: number | null;
  deadlineMs?: number;
}
export const EXPORT: SessionOptions = { maxBytes: null, deadlineMs: EXPORT_DEADLINE_MS };

/** Values stay as PostgreSQL writes them: dates and numbers are not to be rounded on their way. */
const asText: pg.CustomTypesConfig = { getTypeParser: () => (text: unknown) => text as string };

/**
 * A connection of its own as the application, closed afterwards with all that was set in it. It is ended from outside at
 * its deadline: a statement may switch its own timeout off.
 */
export async function withSession<T>(
  login: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
  { maxBytes = MAX_ANSWER_BYTES, deadlineMs = DEADLINE_MS }: SessionOptions = {},
): Promise<T> {
  const client = new pg.Client({
    ...login,
    application_name: 'talkide-data',
    types: asText,
    statement_timeout: deadlineMs,
  });
  client.on('error', () => {});
  let ended: 'late' | 'large' | null = null;
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: import('node:net').Socket } }).connection;
  const cut = (why: 'late' | 'large') => {
    ended ??= why;
    stream.destroy();
    void cancel(login, (client as unknown as { processID: number }).processID);
  };
  const timer = setTimeout(() => cut('late'), deadlineMs + 500);
  const before = stream.bytesRead;
  if (maxBytes !== null) stream.on('data', () => stream.bytesRead - before > maxBytes && cut('large'));
  try {
    return await work(client);
  } catch (error) {
    throw told(error, ended);
  } finally {
    clearTimeout(timer);
    await client.end().catch(() => {});
  }
}

/** A role may end its own connections, from another one. */
async function cancel(login: pg.ClientConfig, pid: number): Promise<void> {
  const other = new pg.Client({ ...login, connectionTimeoutMillis: 2_000 });
  other.on('error', () => {});
  try {
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [pid]);
  } catch {
    // It ends by its own timeout, or when it notices that nobody listens.
  } finally {
    await other.end().catch(() => {});
  }
}

/** What PostgreSQL says of the person's own data and statement is theirs to read; everything else is a fault of ours. */
function told(error: unknown, ended: 'late' | 'large' | null): unknown {
  if (ended === 'large') return new DomainError('data_too_large', { limit: '8 MB' });
  if (ended === 'late') return new DomainError('data_refused', { reason: 'It took too long and was ended.' });
  if (!(error instanceof pg.DatabaseError)) return error;
  // Of connections, not of a statement: the application has used up its own.
  if (error.code === '53300') return new DomainError('data_busy');
  const place = error.position ? ` (at character ${error.position})` : '';
  const reason = [`${error.message}${place}`, error.detail, error.hint].filter(Boolean).join('. ');
  return new DomainError('data_refused', { reason: reason.slice(0, 2_000) });
}
