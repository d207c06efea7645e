import { sql } from 'kysely';
import type { CustomDomainRow, Tx } from '../platform/db/index.ts';
import { begunAnew, type Standing, shortestPause, type Validity } from './lifecycle.ts';

export interface Owner {
  tenantId: string;
  projectId: string;
}

/** Told when something is to be looked at. */
export const DUE_CHANNEL = 'talkide_domain_due';
/** Told the hostname whose row changed, by a trigger. */
export const CHANGE_CHANNEL = 'talkide_domain';

const HELD = ['VERIFIED', 'ACTIVE'] as const;

/** Locks a tenant's domains until the transaction ends, so that two additions are counted one after the other. */
export const lockDomains = (tx: Tx, { tenantId }: Owner) =>
  sql`select pg_advisory_xact_lock(hashtextextended('talkide_domains', ${tenantId}::bigint))`.execute(tx);

export const listDomains = (tx: Tx, { tenantId, projectId }: Owner): Promise<CustomDomainRow[]> =>
  tx
    .selectFrom('custom_domain')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();

/** How many domains the project and its tenant have. */
export async function countDomains(tx: Tx, { tenantId, projectId }: Owner) {
  return tx
    .selectFrom('custom_domain')
    .select(({ fn }) => [
      fn.countAll<string>().as('tenant'),
      fn.countAll<string>().filterWhere('project_id', '=', projectId).as('project'),
    ])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
}

/** True when another tenant has proved the name. Needs the system scope. */
export async function isHeldByOther(tx: Tx, hostname: string, tenantId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('custom_domain')
    .select('id')
    .where('hostname', '=', hostname)
    .where('status', 'in', HELD)
    .where('tenant_id', '!=', tenantId)
    .executeTakeFirst();
  return row !== undefined;
}

export const addDomain = (
  tx: Tx,
  { tenantId, projectId }: Owner,
  values: { hostname: string; proofToken: string; userId: string; now: Date },
): Promise<CustomDomainRow> =>
  tx
    .insertInto('custom_domain')
    .values({
      ...{ tenant_id: tenantId, project_id: projectId, hostname: values.hostname },
      ...{ proof_token: values.proofToken, created_by: values.userId, next_check_at: values.now },
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Has a domain looked at soon; one that was given up begins anew. Null when there is none. */
export async function askForCheck(
  tx: Tx,
  { tenantId, projectId }: Owner,
  id: string,
  now: Date,
): Promise<CustomDomainRow | null> {
  const row = await tx
    .selectFrom('custom_domain')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const earliest = new Date(Math.max(now.getTime(), (row.checked_at?.getTime() ?? 0) + shortestPause(row.reason)));
  const dueBefore = row.next_check_at !== null && row.next_check_at <= earliest;
  if (dueBefore) return row;
  const change =
    row.status === 'FAILED' ? { ...toColumns(begunAnew(now)), next_check_at: earliest } : { next_check_at: earliest };
  return tx
    .updateTable('custom_domain')
    .set(change)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function removeDomain(tx: Tx, { tenantId, projectId }: Owner, id: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('custom_domain')
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the domain that has been due for longest, for one process alone until `until`. */
export async function claimDue(tx: Tx, claim: string, now: Date, until: Date): Promise<CustomDomainRow | null> {
  const row = await tx
    .updateTable('custom_domain')
    .set({ claim, claimed_until: until, next_check_at: now })
    .where('id', '=', ({ selectFrom }) =>
      selectFrom('custom_domain')
        .select('id')
        .where('next_check_at', '<=', now)
        .where(({ or, eb }) => or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]))
        .orderBy('next_check_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Gives domains back that this process does not finish: they are due at once. */
export async function releaseClaims(tx: Tx, claims: readonly string[]): Promise<void> {
  await tx
    .updateTable('custom_domain')
    .set({ claim: null, claimed_until: null })
    .where('claim', 'in', claims)
    .execute();
}

/** When the next domain is due; null when none is. */
export async function nextDue(tx: Tx): Promise<Date | null> {
  const { due } = await tx
    .selectFrom('custom_domain')
    .select(sql<Date | null>`min(greatest(next_check_at, claimed_until))`.as('due'))
    .where('next_check_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return due;
}

const NO_CERTIFICATE = { certificate: null, certificate_expires_at: null, certificate_renew_at: null };

/** Changes a claimed domain; false when the claim was lost or the domain removed meanwhile. */
async function whileClaimed(
  tx: Tx,
  { id, claim }: CustomDomainRow,
  change: Partial<Omit<CustomDomainRow, 'id'>>,
): Promise<boolean> {
  const row = await tx
    .updateTable('custom_domain')
    .set(change)
    .where('id', '=', id)
    .where('claim', '=', claim)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes where a domain stands after a look; false when the claim was lost. */
export const writeStanding = (
  tx: Tx,
  row: CustomDomainRow,
  standing: Standing,
  { now, forgetCertificate }: { now: Date; forgetCertificate: boolean },
): Promise<boolean> =>
  whileClaimed(tx, row, {
    ...{ ...toColumns(standing), checked_at: now, claim: null, claimed_until: null },
    ...{ challenge_token: null, challenge_answer: null, ...(forgetCertificate && NO_CERTIFICATE) },
  });

/** Holds the name for its tenant; false when the claim was lost. Throws when another tenant holds it. */
export const holdName = (tx: Tx, row: CustomDomainRow): Promise<boolean> =>
  whileClaimed(tx, row, { status: 'VERIFIED' });

const toColumns = ({ status, reason, detail, attempts, troubleSince, nextCheckAt }: Standing) => ({
  ...{ status, reason, detail, attempts },
  trouble_since: troubleSince,
  next_check_at: nextCheckAt,
});

/** What the certificate authority is to find; false when the claim was lost. */
export const writeChallenge = (
  tx: Tx,
  row: CustomDomainRow,
  { token, answer }: { token: string; answer: string },
): Promise<boolean> => whileClaimed(tx, row, { challenge_token: token, challenge_answer: answer });

export async function findAnswer(tx: Tx, hostname: string, token: string): Promise<string | null> {
  const row = await tx
    .selectFrom('custom_domain')
    .select('challenge_answer')
    .where('hostname', '=', hostname)
    .where('status', 'in', HELD)
    .where('challenge_token', '=', token)
    .executeTakeFirst();
  return row?.challenge_answer ?? null;
}

/** Keeps a certificate; false when the claim was lost. */
export const writeCertificate = (
  tx: Tx,
  row: CustomDomainRow,
  { sealed, expiresAt, renewAt }: Validity & { sealed: string },
): Promise<boolean> =>
  whileClaimed(tx, row, { certificate: sealed, certificate_expires_at: expiresAt, certificate_renew_at: renewAt });

/** The held names, or one of them, with the projects that they lead to. */
export function readHeld(tx: Tx, hostname?: string) {
  const query = tx
    .selectFrom('custom_domain')
    .select(['hostname', 'project_id', 'status', sql<boolean>`certificate is not null`.as('has_certificate')])
    .where('status', 'in', HELD);
  return (hostname === undefined ? query : query.where('hostname', '=', hostname)).execute();
}

export async function readCertificate(tx: Tx, hostname: string) {
  const row = await tx
    .selectFrom('custom_domain')
    .select(['tenant_id', 'project_id', 'hostname', 'certificate'])
    .where('hostname', '=', hostname)
    .where('status', 'in', HELD)
    .executeTakeFirst();
  return row ?? null;
}

/** Every sealed certificate of the platform after an id, in batches. */
export const certificatesAfter = (tx: Tx, id: string, limit: number) =>
  tx
    .selectFrom('custom_domain')
    .select(['id', 'tenant_id', 'project_id', 'hostname', 'certificate'])
    .where('id', '>', id)
    .where('certificate', 'is not', null)
    .orderBy('id')
    .limit(limit)
    .execute();

/** Guarded: whoever renewed it meanwhile has sealed it anew already. Null has it fetched again. */
export async function resealCertificate(tx: Tx, id: string, before: string, sealed: string | null, now: Date) {
  const change = sealed === null ? { ...NO_CERTIFICATE, next_check_at: now } : { certificate: sealed };
  await tx
    .updateTable('custom_domain')
    .set(change)
    .where('id', '=', id)
    .where('certificate', '=', before)
    .where('next_check_at', 'is not', null)
    .execute();
}
