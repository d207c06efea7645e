import type { ErrorCode, Problem } from '@talkide/contracts';
import { i18n } from '@/i18n';

/** Codes that only the browser knows: the platform could not be reached, or it answered something unreadable. */
export type ApiErrorCode = ErrorCode | 'unreachable' | 'unreadable';

/** What a composable throws: the code, the sentence to show, and the facts a screen may use. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;

  constructor(problem: Pick<Problem, 'code' | 'status' | 'detail'> & Partial<Problem>) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.fields = problem.fields ?? {};
    this.facts = problem.facts ?? {};
    this.requestId = problem.requestId;
  }

  /** Narrow by code: `error.is('slug_taken')`. */
  is(code: ApiErrorCode): boolean {
    return this.code === code;
  }
}

/** The platform did not answer at all. */
export const unreachable = (): ApiError =>
  new ApiError({ code: 'unreachable', status: 0, detail: i18n.global.t('common.error.unreachable') });

/** An answer that is not a problem document, such as a proxy's error page. */
export const unreadable = (status: number): ApiError =>
  new ApiError({ code: 'unreadable', status, detail: i18n.global.t('common.error.unreadable', { status }) });

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;

/** Turns the body of a failed answer into an ApiError. */
export const toApiError = (body: unknown, status: number): ApiError =>
  isProblem(body) ? new ApiError({ ...body, status: body.status ?? status }) : unreadable(status);

/** Any thrown value as an ApiError, so that screens deal with one form. */
export const asApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  return unreadable(0);
};
