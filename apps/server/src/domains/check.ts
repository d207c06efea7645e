import ipaddr from 'ipaddr.js';
import { type Dns, DnsFailed } from './dns.ts';
import { addressRecords, PROOF_PREFIX, type PublicPlace, proofName } from './instructions.ts';
import type { Step, Trouble } from './lifecycle.ts';

const LONGEST_DETAIL = 300;
/** What the DNS or a certificate authority says, fit for a row and a screen. */
export const detailOf = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: strangers wrote it
  text.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, ' ').slice(0, LONGEST_DETAIL);

/** Looks whether the proof stands in the DNS and the name points here; null when both are so. */
export async function lookAtDns(
  dns: Dns,
  place: PublicPlace,
  { hostname, proofToken }: { hostname: string; proofToken: string },
): Promise<Trouble | null> {
  const steps = { PROOF: () => proof(dns, hostname, proofToken), ADDRESS: () => address(dns, place, hostname) };
  for (const [step, look] of Object.entries(steps) as [Step, () => Promise<Omit<Trouble, 'step'> | null>][]) {
    const found = await look().catch((error: unknown) => {
      if (error instanceof DnsFailed) return { reason: 'DNS_FAILED' as const, detail: null };
      throw error;
    });
    if (found) return { step, ...found };
  }
  return null;
}

async function proof(dns: Dns, hostname: string, token: string): Promise<Omit<Trouble, 'step'> | null> {
  const texts = (await dns.texts(proofName(hostname))).map((text) => text.trim());
  if (texts.includes(PROOF_PREFIX + token)) return null;
  const wrong = texts[0];
  if (wrong === undefined) return { reason: 'PROOF_MISSING', detail: null };
  return { reason: 'PROOF_WRONG', detail: detailOf(wrong) };
}

async function address(dns: Dns, place: PublicPlace, hostname: string): Promise<Omit<Trouble, 'step'> | null> {
  const [found, aliases] = await Promise.all([dns.addresses(hostname), dns.aliases(hostname)]);
  if (aliases.some((alias) => alias.toLowerCase() === place.host)) return null;
  if (found.length === 0) return { reason: 'ADDRESS_MISSING', detail: null };
  const ours = new Set([...place.addresses, ...(await platformAddresses(dns, place, hostname))].map(canonical));
  // Every one of them: a visitor, or the certificate authority, may take any.
  const others = found.filter((one) => !ours.has(canonical(one)));
  return others.length === 0 ? null : { reason: 'ADDRESS_ELSEWHERE', detail: detailOf(others.join(', ')) };
}

/** Where the platform's own name points, when domains are told to follow it. */
async function platformAddresses(dns: Dns, place: PublicPlace, hostname: string): Promise<string[]> {
  return addressRecords(hostname, place)[0]?.type === 'CNAME' ? dns.addresses(place.host) : [];
}

/** IPv6 addresses can be written in many ways. */
const canonical = (address: string): string => ipaddr.parse(address).toString();
