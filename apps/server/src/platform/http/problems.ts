import type { Problem } from '@talkide/contracts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, sentence } from '../../errors.ts';
import { inOurWords } from '../db/index.ts';

const fastifyCodes: Record<string, (request: FastifyRequest) => DomainError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ({ routeOptions }) =>
    new DomainError('payload_too_large', { limit: `${Math.floor((routeOptions.bodyLimit ?? 0) / 1024)} KB` }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new DomainError('unsupported_media_type'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new DomainError('bad_request', { reason: 'the body is empty' }),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new DomainError('bad_request', { reason: 'the body is not JSON' }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new DomainError('bad_request', { reason: 'the content length is wrong' }),
};

function toDomainError(thrown: unknown, request: FastifyRequest): DomainError {
  const error = inOurWords(thrown);
  if (error instanceof DomainError) return error;
  const known = fastifyCodes[(error as FastifyError).code];
  if (known) return known(request);
  const status = (error as FastifyError).statusCode;
  if (status !== undefined && status >= 400 && status < 500) {
    return new DomainError('bad_request', { reason: 'it is malformed' }, error);
  }
  return new DomainError('internal', {}, error);
}

/** The language of a sentence: the person's own, else what the browser prefers. */
export function localeOf(request: FastifyRequest): 'en' | 'cs' {
  if (request.caller) return request.caller.locale;
  return /^\s*cs\b/i.test(request.headers['accept-language'] ?? '') ? 'cs' : 'en';
}

/** The one place where errors become HTTP. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = toDomainError(error, request);
  const { fields, ...facts } = { ...refusal.facts, requestId: request.id } as Record<string, unknown>;
  const title = sentence(refusal.code, localeOf(request), facts);
  if (refusal.status >= 500) request.log.error({ err: refusal.cause ?? refusal, code: refusal.code }, refusal.code);
  const problem: Problem = {
    type: `/api/docs#error-${refusal.code}`,
    title,
    status: refusal.status,
    code: refusal.code,
    detail: title,
    requestId: request.id,
    ...(fields ? { fields: fields as Record<string, string> } : {}),
    facts,
  };
  if (typeof facts.retryAfterSeconds === 'number') reply.header('retry-after', Math.ceil(facts.retryAfterSeconds));
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(refusal.status).type('application/problem+json').send(JSON.stringify(problem));
}
