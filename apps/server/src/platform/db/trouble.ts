import { DomainError } from '../../errors.ts';

/** Seconds after which asking again makes sense. */
const ASK_AGAIN_SECONDS = 2;

/** Class 08; the server shuts down, has crashed, starts; or takes no more connections. */
const SERVER_AWAY = /^(08...|57P0[123]|53300)$/;
/** What the system says of a server's socket that is gone, broken, or not to be found. */
const SOCKET = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['ENOTFOUND', 'EAGAIN', 'EACCES'],
]);
const SOCKET_CALLS = new Set(['connect', 'read', 'write', 'getaddrinfo']);
/** The driver has no codes for these. */
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;
const DISK_FULL = new Set(['disk_full', '53100', 'ENOSPC', 'EDQUOT']);

interface Coded {
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
}

/** Whether it says that the server of the database is out of reach, and not that something is wrong with a statement. */
export function isOutOfReach(error: unknown): boolean {
  const { code, syscall, message } = (error ?? {}) as Coded;
  if (typeof code === 'string') {
    return SERVER_AWAY.test(code) || (SOCKET.has(code) && SOCKET_CALLS.has(String(syscall)));
  }
  return typeof message === 'string' && DRIVER.test(message);
}

/** Whether it says that there is no room left, in the words of PostgreSQL or of the system. */
export const isDiskFull = (error: unknown): boolean => DISK_FULL.has(String(((error ?? {}) as Coded).code));

/** Whether it is our own word for a server that is out of reach. */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'database_away';

export const databaseAway = (cause?: unknown): DomainError =>
  new DomainError('database_away', { retryAfterSeconds: ASK_AGAIN_SECONDS }, cause);

/** Says of an error of the driver what it means to whoever asked; others stay what they are. */
export function inOurWords(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (isOutOfReach(error)) return databaseAway(error);
  return isDiskFull(error) ? new DomainError('disk_full', {}, error) : error;
}
