import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';

/** An environment has one worker, and one platform runs it: whose seat the environment names, or nobody's yet. */
export async function takeEnvironment(tx: Tx, environmentId: string, seat: number): Promise<boolean> {
  const row = await tx
    .updateTable('environment')
    .set({ worker_seat: seat })
    .where('id', '=', environmentId)
    .where((where) => where.or([where('worker_seat', 'is', null), where('worker_seat', '=', seat)]))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Lets another platform run the worker. */
export async function leaveEnvironment(tx: Tx, environmentId: string, seat: number): Promise<void> {
  await tx
    .updateTable('environment')
    .set({ worker_seat: null })
    .where('id', '=', environmentId)
    .where('worker_seat', '=', seat)
    .execute();
}

/** Leaves all environments of a seat but some. */
export async function leaveAll(tx: Tx, seat: number, but: readonly string[] = []): Promise<void> {
  await sql`
    update environment set worker_seat = null
     where worker_seat = ${seat} and not (id = any(${but}::bigint[]))`.execute(tx);
}

/** Leaves the environments of seats that there are not any more. */
export async function leaveUnknown(tx: Tx, seats: readonly number[]): Promise<void> {
  await sql`update environment set worker_seat = null where worker_seat <> all(${seats}::integer[])`.execute(tx);
}
