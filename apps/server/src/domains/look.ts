import type { Clock } from '../platform/clock.ts';
import { brokenRule, type CustomDomainRow, type Database } from '../platform/db/index.ts';
import type { Vault } from '../platform/vault.ts';
import { sealCertificate, validityOf } from './certificates.ts';
import { detailOf, lookAtDns } from './check.ts';
import type { Directory } from './directory.ts';
import type { Dns } from './dns.ts';
import type { PublicPlace } from './instructions.ts';
import { type Issuer, NotIssued } from './issuer.ts';
import { type Outcome, type Standing, type Trouble, transition, type Validity } from './lifecycle.ts';
import { DUE_CHANNEL, holdName, writeCertificate, writeChallenge, writeStanding } from './store.ts';

export interface LookOptions {
  db: Database;
  clock: Clock;
  vault: Vault;
  dns: Dns;
  place: PublicPlace;
  /** Knows which hosts are answered here: a certificate authority asks back at once. */
  directory: Pick<Directory, 'learn'>;
  /** Null: certificates are not our business. */
  issuer: Issuer | null;
  log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
}

const WELL: Outcome = { kind: 'WELL' };
const troubled = (trouble: Trouble): Outcome => ({ kind: 'TROUBLE', trouble });
const taken: Trouble = { step: 'PROOF', reason: 'TAKEN', detail: null };

/** A look at a claimed domain, which brings it on: proof, address, certificate. Throws faults of ours only. */
export function createLook({
  db,
  clock,
  vault,
  dns,
  place,
  directory,
  issuer,
  log,
}: LookOptions): (row: CustomDomainRow) => Promise<void> {
  const validity = (row: CustomDomainRow): Validity | null =>
    row.certificate_expires_at && row.certificate_renew_at
      ? { expiresAt: row.certificate_expires_at, renewAt: row.certificate_renew_at }
      : null;

  /** Writes where it stands now; the name may just have been proved by somebody else. */
  async function settle(row: CustomDomainRow, outcome: Outcome, certificate: Validity | null): Promise<boolean> {
    const now = clock.now();
    const write = (next: Standing) =>
      db.system(async (tx) => {
        const ended = certificate !== null && certificate.expiresAt <= now;
        const forgetCertificate = next.status === 'FAILED' || ended;
        const written = await writeStanding(tx, row, next, { now, forgetCertificate });
        if (written) await db.notify(tx, DUE_CHANNEL, '');
        return written;
      });
    const before = standingOf(row);
    try {
      return await write(transition(before, outcome, certificate, now));
    } catch (error) {
      if (brokenRule(error)?.constraint !== 'custom_domain_held') throw error;
      return write(transition(before, troubled(taken), certificate, now));
    }
  }

  async function issue(row: CustomDomainRow, by: Issuer): Promise<{ outcome: Outcome; certificate: Validity | null }> {
    try {
      const certificate = await by.issue(row.hostname, async (challenge) => {
        if (!(await db.system((tx) => writeChallenge(tx, row, challenge))))
          throw new Error('Somebody else works on it.');
      });
      const held = validityOf(certificate.chain);
      const sealed = sealCertificate(vault, row, certificate);
      await db.system((tx) => writeCertificate(tx, row, { ...held, sealed }));
      log.info({ hostname: row.hostname, expiresAt: held.expiresAt }, 'A domain has a new certificate');
      return { outcome: WELL, certificate: held };
    } catch (error) {
      if (!(error instanceof NotIssued)) throw error;
      log.warn({ hostname: row.hostname, err: error }, 'A domain got no certificate');
      const reason = error.unreachable ? 'CERTIFICATE_UNAVAILABLE' : 'CERTIFICATE_REFUSED';
      const trouble: Trouble = { step: 'CERTIFICATE', reason, detail: detailOf(error.message) || null };
      return { outcome: troubled(trouble), certificate: validity(row) };
    }
  }

  /** Holds the name before a certificate is asked for: of several that claim it, one asks. */
  async function hold(row: CustomDomainRow): Promise<boolean> {
    if (row.status !== 'PENDING') return true;
    try {
      return await db.system((tx) => holdName(tx, row));
    } catch (error) {
      if (brokenRule(error)?.constraint !== 'custom_domain_held') throw error;
      await settle(row, troubled(taken), null);
      return false;
    }
  }

  return async (row) => {
    const trouble = await lookAtDns(dns, place, { hostname: row.hostname, proofToken: row.proof_token });
    const kept = validity(row);
    if (trouble) return void (await settle(row, troubled(trouble), kept));
    if (!issuer || (kept && kept.renewAt > clock.now())) return void (await settle(row, WELL, kept));
    if (!(await hold(row))) return;
    await directory.learn(row.hostname);
    const { outcome, certificate } = await issue(row, issuer);
    await settle(row, outcome, certificate);
  };
}

const standingOf = (row: CustomDomainRow): Standing => ({
  status: row.status,
  reason: row.reason,
  detail: row.detail,
  attempts: row.attempts,
  troubleSince: row.trouble_since,
  nextCheckAt: row.next_check_at,
});
