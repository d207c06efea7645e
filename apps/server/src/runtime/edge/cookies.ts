const platformCookie = /^(__Host-|__Secure-)?talkide_/i;

const nameOf = (cookie: string) => cookie.split('=', 1)[0]?.trim() ?? '';

/** A Cookie header without the platform's own cookies; null when nothing is left. */
export function withoutPlatformCookies(header: string): string | null {
  const kept = header.split(';').filter((cookie) => cookie.trim() !== '' && !platformCookie.test(nameOf(cookie)));
  return kept.length === 0 ? null : kept.join(';').trim();
}

/** A Set-Cookie header bound to the app's own host; null when it would set a cookie of the platform. */
export function withoutDomain(header: string): string | null {
  if (platformCookie.test(nameOf(header))) return null;
  const [pair = '', ...attributes] = header.split(';');
  return [pair, ...attributes.filter((attribute) => nameOf(attribute).toLowerCase() !== 'domain')].join(';');
}
