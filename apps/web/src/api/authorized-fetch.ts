import { randomKey } from '@/lib/random-key';
import { unreachable } from './problem';
import type { TokenSource } from './token-source';

let tokens: TokenSource | undefined;
let language: () => string = () => 'en';

/** Wires the client to the session; called once by main.ts. */
export const connectClient = (source: TokenSource, currentLanguage: () => string): void => {
  tokens = source;
  language = currentLanguage;
};

const isAuthCall = (url: string): boolean => new URL(url, location.origin).pathname.startsWith('/api/auth/');

const withHeaders = (request: Request, token: string | null): Request => {
  const headers = new Headers(request.headers);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  headers.set('Accept-Language', language());
  if (request.method === 'POST' && !headers.has('Idempotency-Key')) headers.set('Idempotency-Key', randomKey());
  return new Request(request, { headers });
};

/** Fetch that tells a platform that did not answer from a call that was taken back. */
const send = (request: Request): Promise<Response> =>
  fetch(request).catch((reason: unknown) => {
    throw request.signal.aborted ? reason : unreachable();
  });

/** Fetch as the signed-in person: adds the token, renews it when it is about to expire or was refused, and tries again once. */
export const authorizedFetch = async (input: Request): Promise<Response> => {
  if (!tokens || isAuthCall(input.url)) return send(withHeaders(input, null));
  const request = withHeaders(input, await tokens.current());
  const spare = request.clone();
  const response = await send(request);
  if (response.status !== 401) return response;
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  // A wrong current password is a 401 too, and no reason to renew anything.
  if (typeof problem === 'object' && problem && 'code' in problem && problem.code === 'credentials_wrong') {
    return response;
  }
  const renewed = await tokens.renew();
  if (!renewed) return response;
  spare.headers.set('Authorization', `Bearer ${renewed}`);
  return send(spare);
};
