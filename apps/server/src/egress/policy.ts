import type { EgressReason } from '@talkide/contracts';
import ipaddr from 'ipaddr.js';

/** A host and port that a sandbox asks for; the host is lower case, an address in its plain form. */
export interface Destination {
  host: string;
  port: number;
}

/** What may be reached. */
export interface Policy {
  /** Judged by what is asked for, before anything is looked up; null when it may go on. */
  judge(destination: Destination): EgressReason | null;
  /** Whether an address that a name resolved to may be connected to. */
  allows(address: string): boolean;
}

/** `host:port` or a URL's host; null when it is neither. Addresses in odd notations (octal, hex, one number) come out plain. */
export function readDestination(authority: string, defaultPort: number): Destination | null {
  if (!/^[^\s/@?#\\]+$/.test(authority)) return null;
  try {
    // `http`, because it is a scheme whose hosts are normalised; its default port would be dropped.
    const url = new URL(`http://${authority}`);
    const given = /:(\d{1,5})$/.exec(authority)?.[1];
    const port = given === undefined ? defaultPort : Number(given);
    const host = url.hostname
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '')
      .toLowerCase();
    return host && port > 0 && port < 65_536 ? { host, port } : null;
  } catch {
    return null;
  }
}

/** Judged by what the name resolved to: every address must be allowed, since any of them may be used. */
export function judgeAddresses(addresses: readonly string[], policy: Policy): EgressReason | null {
  if (addresses.length === 0) return 'NOT_FOUND';
  return addresses.every(policy.allows) ? null : 'NOT_PUBLIC';
}

/** On the public internet: no private, loopback, link-local, shared, multicast, reserved or translated address. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in IPv6 clothes is judged as the IPv4 address that it is.
  const plain = ipaddr.process(address);
  if (plain.range() !== 'unicast') return false;
  // Of IPv6 only 2000::/3 is given out as public today.
  return plain.kind() === 'ipv4' || ((plain as ipaddr.IPv6).parts[0] ?? 0) >> 13 === 1;
}

const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/** The public internet, on ports of the web: for applications. */
export const PUBLIC_WEB: Policy = {
  judge: ({ port }) => (WEB_PORTS.has(port) ? null : 'PORT'),
  allows: isPublic,
};

/** These hosts and no others, wherever they are: an operator's own registry may stand in a private network. */
export function onlyThese(destinations: readonly Destination[]): Policy {
  const listed = new Set(destinations.map(({ host, port }) => `${host}:${port}`));
  return { judge: ({ host, port }) => (listed.has(`${host}:${port}`) ? null : 'NOT_LISTED'), allows: () => true };
}
