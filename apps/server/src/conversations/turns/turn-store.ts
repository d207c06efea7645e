import { type RawBuilder, sql } from 'kysely';
import type { TurnRow, Tx } from '../../platform/db/index.ts';
import { type TurnEvent, turnTransitions } from './transitions.ts';

export const inMs = (ms: number): RawBuilder<Date> => sql<Date>`now() + ${ms} * interval '1 millisecond'`;

export interface NewTurn {
  tenantId: string;
  projectId: string;
  environmentId: string;
  conversationId: string;
  userId: string;
  messageId: string;
  kind: TurnRow['kind'];
}

export async function insertTurn(tx: Tx, turn: NewTurn): Promise<TurnRow> {
  return tx
    .insertInto('turn')
    .values({
      tenant_id: turn.tenantId,
      project_id: turn.projectId,
      environment_id: turn.environmentId,
      conversation_id: turn.conversationId,
      user_id: turn.userId,
      message_id: turn.messageId,
      kind: turn.kind,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findTurn(tx: Tx, tenantId: string, id: string): Promise<TurnRow | undefined> {
  return tx.selectFrom('turn').selectAll().where('tenant_id', '=', tenantId).where('id', '=', id).executeTakeFirst();
}

export async function lockTurn(tx: Tx, tenantId: string, id: string): Promise<TurnRow | undefined> {
  return tx
    .selectFrom('turn')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Turns of a conversation that wait. */
export async function countQueued(tx: Tx, tenantId: string, conversationId: string): Promise<number> {
  const row = await tx
    .selectFrom('turn')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('status', '=', 'QUEUED')
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Projects of these in which a turn waits or runs. */
export async function workingProjects(tx: Tx, tenantId: string, projectIds: readonly string[]): Promise<Set<string>> {
  if (projectIds.length === 0) return new Set();
  const rows = await tx
    .selectFrom('turn')
    .select('project_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where('project_id', 'in', [...projectIds])
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .execute();
  return new Set(rows.map((row) => row.project_id));
}

/** Takes a waiting turn back. No row: a worker has it, or it has ended. */
export async function cancelQueued(tx: Tx, tenantId: string, id: string): Promise<TurnRow | undefined> {
  return tx
    .updateTable('turn')
    .set({ status: 'CANCELLED', finished_at: sql`now()`, stop_requested_at: sql`now()` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'QUEUED')
    .returningAll()
    .executeTakeFirst();
}

/** Asks the worker of a running turn to stop; the first request counts. */
export async function requestStop(tx: Tx, tenantId: string, id: string): Promise<TurnRow | undefined> {
  return tx
    .updateTable('turn')
    .set({ stop_requested_at: sql`coalesce(stop_requested_at, now())` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'RUNNING')
    .returningAll()
    .executeTakeFirst();
}

/** A turn as whoever holds its lease names it. */
export interface Lease {
  tenantId: string;
  id: string;
  leaseToken: string;
}

/** The turn that a lease holds, for an update. No row comes back from it when the lease is lost. */
export const leasedTurn = (tx: Tx, lease: Lease) =>
  tx
    .updateTable('turn')
    .where('tenant_id', '=', lease.tenantId)
    .where('id', '=', lease.id)
    .where('lease_token', '=', lease.leaseToken)
    .where('status', '=', 'RUNNING')
    .returningAll();

export interface TurnEnd {
  event: Extract<TurnEvent, 'SUCCEED' | 'FAIL' | 'STOP'>;
  errorCode: string | null;
  resultCommit: string | null;
  files: unknown[];
}

/** Ends a turn that this lease holds. The lease token stays, so that a repeated result is known. No row: a lost race. */
export async function endTurn(tx: Tx, lease: Lease, end: TurnEnd): Promise<TurnRow | undefined> {
  return leasedTurn(tx, lease)
    .set({
      status: turnTransitions.RUNNING[end.event],
      error_code: end.errorCode,
      result_commit: end.resultCommit,
      files_changed: JSON.stringify(end.files),
      finished_at: sql`now()`,
      lease_expires_at: null,
      token_hash: null,
    })
    .executeTakeFirst();
}

/** Gives a waiting turn up that no worker can take. */
export async function failQueued(
  tx: Tx,
  tenantId: string,
  id: string,
  errorCode: string,
): Promise<TurnRow | undefined> {
  return tx
    .updateTable('turn')
    .set({ status: 'FAILED', error_code: errorCode, finished_at: sql`now()` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'QUEUED')
    .returningAll()
    .executeTakeFirst();
}

/** The turns of these messages and those that wait or run, oldest first. */
export async function turnsOf(tx: Tx, tenantId: string, conversationId: string, messageIds: readonly string[]) {
  return tx
    .selectFrom('turn')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where((eb) =>
      eb.or([
        eb('status', 'in', ['QUEUED', 'RUNNING']),
        ...(messageIds.length > 0 ? [eb('message_id', 'in', [...messageIds])] : []),
      ]),
    )
    .orderBy('id')
    .execute();
}
