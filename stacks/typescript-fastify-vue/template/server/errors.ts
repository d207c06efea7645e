import type { FastifyInstance } from 'fastify';

/** An error whose message the visitor may read. `fields` names the inputs at fault. */
export class AppError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly fields: Record<string, string>;

  constructor(statusCode: number, code: string, message: string, fields: Record<string, string> = {}) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.fields = fields;
  }
}

/** The answer for something that is not there. */
export function notFound(what: string): AppError {
  return new AppError(404, 'NOT_FOUND', `${what} could not be found.`);
}

/** Writes an error with its stack to the log, where the owner of the application finds it. */
export function logError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

/** Gives every error one form: `{ code, message, fields }`. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, _request, reply) => {
    const known = error instanceof AppError ? error : translate(error);
    if (known.statusCode === 500) logError(error);
    reply.status(known.statusCode).send({ code: known.code, message: known.message, fields: known.fields });
  });
}

function translate(error: { statusCode?: number; code?: string; message: string }): AppError {
  if (error.code === '23505') return new AppError(409, 'ALREADY_EXISTS', 'This exists already.');
  if (error.code === 'ECONNREFUSED' || error.code === 'CONNECT_TIMEOUT') {
    return new AppError(503, 'DATABASE_DOWN', 'The database does not answer right now. Please try again in a moment.');
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new AppError(status, error.code ?? 'BAD_REQUEST', error.message);
  return new AppError(500, 'INTERNAL', 'Something went wrong on our side. Please try again.');
}
