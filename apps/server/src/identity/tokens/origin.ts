import type { IncomingHttpHeaders } from 'node:http';

/**
 * True when a browser says that its own page made this call. Calls that act on a cookie demand it: an application of a
 * maker lives on a subdomain, which browsers count as the same site. A call that says nothing is refused.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  if (origin === publicOrigin) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
