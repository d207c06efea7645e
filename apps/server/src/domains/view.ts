import { domainToUnicode } from 'node:url';
import type { Domain } from '@talkide/contracts';
import type { CustomDomainRow } from '../platform/db/index.ts';
import { type PublicPlace, recordsFor } from './instructions.ts';

/** How visitors reach domains. */
export interface PublicPorts {
  http: number;
  https: number;
}

const origin = (scheme: 'http' | 'https', hostname: string, port: number): string =>
  `${scheme}://${hostname}${port === (scheme === 'https' ? 443 : 80) ? '' : `:${port}`}`;

/** The address of a domain. */
export const urlOf = (hostname: string, secure: boolean, ports: PublicPorts): string =>
  secure ? origin('https', hostname, ports.https) : origin('http', hostname, ports.http);

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A domain as its owner sees it. */
export function viewDomain(row: CustomDomainRow, place: PublicPlace, ports: PublicPorts, now: Date): Domain {
  const { id, hostname, status, reason, detail } = row;
  return {
    ...{ id, hostname, status, reason, detail },
    displayName: domainToUnicode(hostname),
    url: urlOf(hostname, row.certificate !== null, ports),
    records: recordsFor(hostname, row.proof_token, place),
    checking: row.next_check_at !== null && row.next_check_at <= now,
    checkedAt: iso(row.checked_at),
    nextCheckAt: iso(row.next_check_at),
    certificateExpiresAt: iso(row.certificate_expires_at),
  };
}
