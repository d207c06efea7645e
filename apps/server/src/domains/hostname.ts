import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { DomainError } from '../errors.ts';

/** Room for `_talkide.` in front: a name has 253 characters at most. */
const LONGEST = 244;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Endings on the list of public suffixes that nobody registers a site below. */
const SPECIAL = new Set(['arpa', 'onion']);

/** Host names of requests and of TLS, as they are kept: lower case, without the port and the dot of the root. */
export const bareHost = (host: string | undefined): string => (host ?? '').toLowerCase().replace(/\.?(:\d*)?$/, '');

/** True when the public DNS has the name or could: below an ending that people register names under. */
export function isPublicName(hostname: string): boolean {
  const { domain, isIp, isIcann, isPrivate, publicSuffix } = parse(hostname, { allowPrivateDomains: true });
  if (isIp || !domain || !publicSuffix) return false;
  return (isIcann === true || isPrivate === true) && !SPECIAL.has(publicSuffix.split('.').at(-1) ?? '');
}

/** True for the name that was registered itself, where a CNAME cannot stand. */
export const isApex = (hostname: string): boolean => parse(hostname).domain === hostname;

/** The hostname that somebody typed or pasted, in punycode; throws the sentence for what cannot be one. */
export function readHostname(typed: string, platformHost: string): string {
  const text = typed
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '')
    .replace(/\.$/, '');
  const shown = text.slice(0, 80);
  const hostname = domainToASCII(text).toLowerCase();
  const labels = hostname.split('.');
  if (hostname.length > LONGEST || labels.length < 2 || !labels.every((label) => LABEL.test(label)) || isIP(hostname))
    throw new DomainError('domain_invalid', { hostname: shown });
  if (hostname === platformHost || hostname.endsWith(`.${platformHost}`))
    throw new DomainError('domain_of_platform', { hostname: shown });
  if (!isPublicName(hostname)) throw new DomainError('domain_not_public', { hostname: shown });
  return hostname;
}
