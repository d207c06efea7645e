import createClient from 'openapi-fetch';
import { authorizedFetch } from './authorized-fetch';
import { asApiError, toApiError } from './problem';
import type { paths } from './schema.generated';

/** The typed client; every call goes through `unwrap`. Only composables and stores use it. */
export const api = createClient<paths>({ baseUrl: '', fetch: (request) => authorizedFetch(request) });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful answer; throws an ApiError otherwise. */
export const unwrap = async <T>(call: Promise<Answer<T>>): Promise<T> => {
  const { data, error, response } = await call.catch((reason: unknown) => {
    throw asApiError(reason);
  });
  if (!response.ok) throw toApiError(error, response.status);
  return data as T;
};

/** Like `unwrap`, with the ETag that a later edit sends back in `If-Match`. */
export const unwrapWithEtag = async <T>(call: Promise<Answer<T>>): Promise<{ data: T; etag: string }> => {
  const answer = await call.catch((reason: unknown) => {
    throw asApiError(reason);
  });
  const data = await unwrap(Promise.resolve(answer));
  return { data, etag: answer.response.headers.get('etag') ?? '' };
};
