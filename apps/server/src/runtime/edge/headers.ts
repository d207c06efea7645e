import { withoutDomain, withoutPlatformCookies } from './cookies.ts';

/** Headers as they come from and go to the wire: name, value, name, value. */
export type RawHeaders = readonly string[];

/** Who asks, as the platform knows it (never from what the client says of itself). */
export type Client = { address: string; proto: 'http' | 'https'; host: string };

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
// `expect` was answered by our own server already.
const fromClientOnly = /^(expect|forwarded|x-real-ip|x-forwarded-.*|x-talkide-.*)$/;

function pairs(raw: RawHeaders): [name: string, value: string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) found.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return found;
}

function endToEnd(raw: RawHeaders): [string, string][] {
  const all = pairs(raw);
  const named = all
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) =>
      value
        .toLowerCase()
        .split(',')
        .map((token) => token.trim()),
    );
  return all.filter(([name]) => !hopByHop.has(name.toLowerCase()) && !named.includes(name.toLowerCase()));
}

function has(raw: RawHeaders, name: string): boolean {
  return pairs(raw).some(([other]) => other.toLowerCase() === name);
}

function requestHeader([name, value]: [string, string]): string[] {
  const lower = name.toLowerCase();
  if (fromClientOnly.test(lower)) return [];
  if (lower !== 'cookie') return [name, value];
  const cookies = withoutPlatformCookies(value);
  return cookies === null ? [] : [name, cookies];
}

/** What the app is sent: end-to-end headers without the platform's cookies, and who asks. */
export function upstreamHeaders(raw: RawHeaders, client: Client): string[] {
  return [
    ...endToEnd(raw).flatMap(requestHeader),
    ...(has(raw, 'transfer-encoding') ? ['Transfer-Encoding', 'chunked'] : []),
    ...['X-Forwarded-For', client.address],
    ...['X-Forwarded-Proto', client.proto],
    ...['X-Forwarded-Host', client.host],
  ];
}

/** The same for a protocol switch, which names the protocol. */
export function upgradeHeaders(raw: RawHeaders, client: Client, protocol: string): string[] {
  return [...upstreamHeaders(raw, client), 'Connection', 'Upgrade', 'Upgrade', protocol];
}

/** What the visitor is sent of the app's headers: cookies stay on the app's own host. */
export function visitorHeaders(raw: RawHeaders): string[] {
  return endToEnd(raw).flatMap(([name, value]) => {
    if (name.toLowerCase() !== 'set-cookie') return [name, value];
    const cookie = withoutDomain(value);
    return cookie === null ? [] : [name, cookie];
  });
}
