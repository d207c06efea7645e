import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Vault } from '../platform/vault.ts';
import type { Validity } from './lifecycle.ts';

/** A certificate with its chain, and its key: PEM. */
export interface Certificate {
  chain: string;
  key: string;
}

/** Where a sealed certificate belongs: a row that is copied elsewhere does not open there. */
interface Place {
  tenant_id: string;
  project_id: string;
  hostname: string;
}
const placeOf = ({ tenant_id, project_id, hostname }: Place) => `custom-domain ${tenant_id} ${project_id} ${hostname}`;

const Sealed = z.object({ chain: z.string(), key: z.string() });

export const sealCertificate = (vault: Vault, place: Place, certificate: Certificate): string =>
  vault.seal(placeOf(place), JSON.stringify(certificate));

/** Throws `CannotOpen`. */
export const openCertificate = (vault: Vault, place: Place, sealed: string): Certificate =>
  Sealed.parse(JSON.parse(vault.open(placeOf(place), sealed)));

const DAY_MS = 24 * 60 * 60 * 1000;
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** How long a chain's first certificate holds, and when to renew it: 30 days before, or in its last third when it is short. */
export function validityOf(chain: string): Validity {
  const { validFromDate, validToDate } = new X509Certificate(chain);
  const third = (validToDate.getTime() - validFromDate.getTime()) / 3;
  return { expiresAt: validToDate, renewAt: new Date(validToDate.getTime() - Math.min(RENEW_BEFORE_MS, third)) };
}
