import { isIPv6 } from 'node:net';
import type { Secrets } from '../../platform/secrets.ts';

/** The key of an address: IPv4 whole, IPv6 by its /64, because one person holds all of that. */
export function ipKey(ip: string): string {
  const bare = ip.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  if (mapped?.[1]) return mapped[1];
  return isIPv6(bare) ? `${network64(bare)}::/64` : bare;
}

/** The key of an email, from which it cannot be read. */
export const emailKey = (secrets: Secrets, email: string): string =>
  secrets.derive('rate-limit-email', normalEmail(email));

/** One spelling for comparing addresses; mail itself goes to what the person wrote. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

function network64(ip: string): string {
  const [head = '', tail] = ip.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':').length : 0;
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after);
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...(tail ? tail.split(':') : [])];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
