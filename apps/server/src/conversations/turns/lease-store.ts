import { sql } from 'kysely';
import type { TurnRow, Tx } from '../../platform/db/index.ts';
import { inMs, type Lease, leasedTurn } from './turn-store.ts';

export interface ClaimOptions {
  environmentId: string;
  leaseMs: number;
  tokenHash: string;
  parallelTurns: number;
}

/** A lease as a worker names it, which speaks for one environment only. */
interface WorkerLease extends Lease {
  environmentId: string;
}

/**
 * Leases the oldest waiting turn of an environment whose project is free. A project has one writer, so one turn runs in it
 * at a time; several projects of an environment run side by side. `restarted`: an earlier attempt may have left its mark.
 */
export async function claimNext(
  tx: Tx,
  { environmentId, leaseMs, tokenHash, parallelTurns }: ClaimOptions,
): Promise<(TurnRow & { restarted: boolean }) | undefined> {
  // Claims of one environment one after another: the conditions below look at other rows.
  await sql`select pg_advisory_xact_lock(hashtextextended('talkide_claim', ${environmentId}::bigint))`.execute(tx);
  const { rows } = await sql<TurnRow & { restarted: boolean }>`
    with next as (
      select q.id, q.started_at is not null as restarted
        from turn q
       where q.environment_id = ${environmentId} and q.status = 'QUEUED'
         and not exists (select from turn r where r.project_id = q.project_id and r.tenant_id = q.tenant_id
                          and r.status = 'RUNNING')
         and (select count(*) from turn r where r.environment_id = ${environmentId} and r.status = 'RUNNING') < ${parallelTurns}
       order by q.id
       limit 1
         for update of q)
    update turn t
       set status = 'RUNNING', attempt = t.attempt + 1, started_at = coalesce(t.started_at, now()),
           lease_token = gen_random_uuid(), lease_expires_at = ${inMs(leaseMs)}, token_hash = ${tokenHash}
      from next
     where t.id = next.id and t.status = 'QUEUED'
    returning t.*, next.restarted`.execute(tx);
  return rows[0];
}

/** Keeps the lease of an environment's worker alive. */
export async function extendLease(
  tx: Tx,
  lease: WorkerLease,
  { leaseMs, finishLeaseMs }: { leaseMs: number; finishLeaseMs: number },
): Promise<TurnRow | undefined> {
  return leasedTurn(tx, lease)
    .where('environment_id', '=', lease.environmentId)
    .set({ lease_expires_at: sql`least(greatest(lease_expires_at, ${inMs(leaseMs)}), ${inMs(finishLeaseMs)})` })
    .executeTakeFirst();
}

/** Begins the end of a turn: its gateway token is revoked, and the lease lasts as long as the end may take. */
export async function beginFinish(tx: Tx, lease: WorkerLease, finishLeaseMs: number): Promise<TurnRow | undefined> {
  return leasedTurn(tx, lease)
    .where('environment_id', '=', lease.environmentId)
    .set({ lease_expires_at: inMs(finishLeaseMs), token_hash: null })
    .executeTakeFirst();
}

/** Of a turn: no other platform than the one in this seat runs its worker. */
const mayHaveWorker = (seat: number) => sql<boolean>`exists (
  select from environment e where e.id = turn.environment_id and coalesce(e.worker_seat, ${seat}) = ${seat})`;

/**
 * Takes over turns of this seat whose worker was not heard of in time, or has not stopped when asked. A running turn without a gateway
 * token is being ended by somebody already; only its lease counts. Whoever held the lease before is refused from now on.
 */
export async function takeOverLost(
  tx: Tx,
  options: { seat: number; stopGraceMs: number; finishLeaseMs: number; limit: number },
): Promise<TurnRow[]> {
  const { rows } = await sql<TurnRow>`
    update turn
       set lease_token = gen_random_uuid(), lease_expires_at = ${inMs(options.finishLeaseMs)}, token_hash = null
     where id in (
       select id from turn
        where status = 'RUNNING' and ${mayHaveWorker(options.seat)}
          and (lease_expires_at < now()
               -- No lease is so long: the clock was set back since.
               or lease_expires_at > ${inMs(2 * options.finishLeaseMs)}
               or (token_hash is not null and stop_requested_at < ${inMs(-options.stopGraceMs)}))
        order by id
        limit ${options.limit}
          for update skip locked)
    returning *`.execute(tx);
  return rows;
}

/** Puts a turn that this lease holds back into the queue. */
export async function requeue(tx: Tx, lease: Lease): Promise<TurnRow | undefined> {
  return leasedTurn(tx, lease)
    .set({ status: 'QUEUED', lease_token: null, lease_expires_at: null, token_hash: null })
    .executeTakeFirst();
}

/** At a start in this seat: leases of environments whose worker lives begin anew, all others end at once. */
export async function expireLeases(
  tx: Tx,
  { seat, living, leaseMs }: { seat: number; living: readonly string[]; leaseMs: number },
): Promise<void> {
  await sql`
    update turn
       set lease_expires_at = case when environment_id = any(${living}::bigint[])
                                   then greatest(lease_expires_at, ${inMs(leaseMs)}) else ${inMs(-1)} end
     where status = 'RUNNING' and ${mayHaveWorker(seat)}`.execute(tx);
}

/** Puts the turns of workers that were ended, or died in another turn, back into the queue; the attempt does not count. */
export async function releaseLeases(tx: Tx, environmentIds: readonly string[]): Promise<void> {
  if (environmentIds.length === 0) return;
  await tx
    .updateTable('turn')
    .set({
      status: 'QUEUED',
      attempt: sql`greatest(attempt - 1, 0)`,
      lease_token: null,
      lease_expires_at: null,
      token_hash: null,
    })
    .where('environment_id', 'in', [...environmentIds])
    .where('status', '=', 'RUNNING')
    .where('token_hash', 'is not', null)
    .where('stop_requested_at', 'is', null)
    .execute();
}

/** Environments with waiting turns. */
export async function environmentsWithWork(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('turn').select('environment_id').distinct().where('status', '=', 'QUEUED').execute();
  return rows.map((row) => row.environment_id);
}

export async function hasWork(tx: Tx, environmentId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('turn')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Waiting turns of an environment, oldest first. */
export async function queuedTurns(tx: Tx, environmentId: string): Promise<TurnRow[]> {
  return tx
    .selectFrom('turn')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('status', '=', 'QUEUED')
    .orderBy('id')
    .execute();
}
