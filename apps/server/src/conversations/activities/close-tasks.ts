import type { StoredEvent } from '@talkide/contracts';
import { sql } from 'kysely';
import type { ActivityRow, TurnRow, Tx } from '../../platform/db/index.ts';
import { activityView } from './activity-view.ts';

const UNFINISHED = { en: 'Did not finish', cs: 'Nedokončeno' };

/**
 * Ends the delegations of an attempt that died: nobody is left who would. The events to tell, and the turn with the
 * sequence number it has now. The caller holds the turn's row.
 */
export async function closeTasks(
  tx: Tx,
  turn: TurnRow,
  locale: 'en' | 'cs',
): Promise<{ turn: TurnRow; events: StoredEvent[] }> {
  const { rows } = await sql<ActivityRow>`
    insert into activity (tenant_id, project_id, conversation_id, turn_id, seq, agent_role, event_type, parent_activity_id,
                          description, payload_json)
    select tenant_id, project_id, conversation_id, turn_id, ${turn.last_seq}::bigint + row_number() over (order by id),
           agent_role, 'TASK_COMPLETED', id, ${UNFINISHED[locale]}, payload_json || '{"data": {"failed": true}}'
      from activity as begun
     where tenant_id = ${turn.tenant_id} and turn_id = ${turn.id} and event_type = 'TASK_STARTED'
       and not exists (select from activity ended
                        where ended.tenant_id = begun.tenant_id and ended.parent_activity_id = begun.id
                          and ended.event_type = 'TASK_COMPLETED')
    returning *`.execute(tx);
  if (rows.length === 0) return { turn, events: [] };
  const moved = await tx
    .updateTable('turn')
    .set({ last_seq: sql`last_seq + ${rows.length}` })
    .where('tenant_id', '=', turn.tenant_id)
    .where('id', '=', turn.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { turn: moved, events: rows.map((row) => ({ type: 'activity.created', activity: activityView(row) })) };
}
