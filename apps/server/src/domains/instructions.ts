import { isIPv6 } from 'node:net';
import type { DomainRecord } from '@talkide/contracts';
import { isApex, isPublicName } from './hostname.ts';

/** Where domains are to point. */
export interface PublicPlace {
  /** The platform's own host, e.g. `ide.example.org` or `localhost`. */
  host: string;
  /** The addresses that the operator named. */
  addresses: readonly string[];
}

export const PROOF_PREFIX = 'talkide-verification=';
/** The name of the record that proves a domain. */
export const proofName = (hostname: string): string => `_talkide.${hostname}`;

/** The records that make a domain point here: none when there is nowhere to point. */
export function addressRecords(hostname: string, place: PublicPlace): DomainRecord[] {
  if (!isApex(hostname) && isPublicName(place.host)) return [{ type: 'CNAME', name: hostname, value: place.host }];
  return place.addresses.map((value) => ({ type: isIPv6(value) ? 'AAAA' : 'A', name: hostname, value }));
}

/** Everything to set in the DNS for a domain. */
export const recordsFor = (hostname: string, token: string, place: PublicPlace): DomainRecord[] => [
  { type: 'TXT', name: proofName(hostname), value: PROOF_PREFIX + token },
  ...addressRecords(hostname, place),
];
