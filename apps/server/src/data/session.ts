import type { Socket } from 'node:net';
import pg from 'pg';
import { DomainError } from '../errors.ts';

/** Whatever is asked is ended after this. */
const DEADLINE_MS = 10_000;
const EXPORT_DEADLINE_MS = 120_000;
/** PostgreSQL ends a statement by itself first; the connection is cut when it has switched that off. */
const GRACE_MS = 500;
const MB = 1024 * 1024;

/** How to log in as an application, and how to end one of its connections from outside. */
export interface Login {
  config: pg.ClientConfig;
  end(pid: number): Promise<void>;
}

export interface SessionOptions {
  mayChange?: boolean;
  /** Megabytes of answers between two calls of `reset`: a single value may be a gigabyte, all of it in memory. */
  maxMegabytes?: number;
  deadlineMs?: number;
}
export const EXPORT: SessionOptions = { maxMegabytes: 32, deadlineMs: EXPORT_DEADLINE_MS };

export interface Session {
  client: pg.Client;
  /** Bytes that came since the last `reset`. */
  bytes(): number;
  reset(): void;
}

const booleans: Record<string, string> = { t: 'true', f: 'false' };
/** Values stay as PostgreSQL writes them as text: dates and numbers are not to be rounded on their way. */
const asText: pg.CustomTypesConfig = {
  getTypeParser: (type: number) => (text: unknown) =>
    (type === Number(pg.types.builtins.BOOL) ? booleans[text as string] : text) as string,
};

/**
 * A connection of its own as the application, closed afterwards with all that was set in it. It is ended from outside at
 * its deadline: a statement may switch its own timeout off.
 */
export async function withSession<T>(
  login: Login,
  work: (session: Session) => Promise<T>,
  { mayChange = false, maxMegabytes = 8, deadlineMs = DEADLINE_MS }: SessionOptions = {},
): Promise<T> {
  const client = new pg.Client({
    ...login.config,
    application_name: 'talkide-data',
    connectionTimeoutMillis: DEADLINE_MS,
    types: asText,
    statement_timeout: deadlineMs,
    ...(mayChange ? {} : { options: '-c default_transaction_read_only=on' }),
  });
  client.on('error', () => {});
  let cut: DomainError | null = null;
  try {
    await client.connect();
  } catch (error) {
    throw told(error);
  }
  const { connection, processID } = client as unknown as { connection: { stream: Socket }; processID: number };
  const { stream } = connection;
  const end = (why: DomainError) => {
    cut ??= why;
    stream.destroy();
    // It ends by its own timeout, or when it notices that nobody listens, where this fails.
    login.end(processID).catch(() => {});
  };
  const late = new DomainError('data_refused', { reason: 'It took too long and was ended.' });
  const timer = setTimeout(() => end(late), deadlineMs + GRACE_MS);
  let before = stream.bytesRead;
  const bytes = () => stream.bytesRead - before;
  stream.on('data', () => {
    if (bytes() > maxMegabytes * MB) end(new DomainError('data_too_large', { limit: `${maxMegabytes} MB` }));
  });
  try {
    const reset = () => {
      before = stream.bytesRead;
    };
    return await work({ client, bytes, reset });
  } catch (error) {
    throw cut ?? told(error);
  } finally {
    clearTimeout(timer);
    await client.end().catch(() => {});
  }
}

/** What PostgreSQL says of the person's own data and statement is theirs to read; everything else is a fault of ours. */
function told(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  // Of connections, not of a statement: the application has used up its own.
  if (error.code === '53300') return new DomainError('data_busy', { retryAfterSeconds: 2 });
  const position = error.position ? Number(error.position) : null;
  const place = position ? ` (at character ${position})` : '';
  const reason = [`${error.message}${place}`, error.detail, error.hint].filter(Boolean).join('. ');
  return new DomainError('data_refused', { reason: reason.slice(0, 2_000), position });
}
