import type { WorkerEvent } from '@talkide/contracts';
import { sql } from 'kysely';
import type { ActivityRow, TurnRow, Tx } from '../../platform/db/index.ts';

type ActivityEvent = Extract<WorkerEvent, { type: 'activity' }>;

/** Longest raw payload kept, in UTF-16 units of its JSON. */
const MAX_PAYLOAD = 16_000;

/** Records an activity below the TASK_STARTED row of its task. A tool's columns belong to TOOL_USE only. */
export async function insertActivity(tx: Tx, turn: TurnRow, event: ActivityEvent): Promise<ActivityRow> {
  const isTool = event.eventType === 'TOOL_USE';
  return tx
    .insertInto('activity')
    .values({
      tenant_id: turn.tenant_id,
      project_id: turn.project_id,
      conversation_id: turn.conversation_id,
      turn_id: turn.id,
      seq: String(event.seq),
      agent_role: event.agentRole,
      event_type: event.eventType,
      parent_activity_id: event.eventType === 'TASK_STARTED' ? null : await taskOf(tx, turn, event.taskKey),
      description: event.description,
      tool_name: isTool ? (event.toolName ?? 'unknown') : null,
      tool_category: isTool ? (event.toolCategory ?? 'OTHER') : null,
      tool_summary: isTool ? event.toolSummary : null,
      payload_json: JSON.stringify({ taskKey: event.taskKey, data: bounded(event.payload) }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function taskOf(tx: Tx, turn: TurnRow, taskKey: string | null): Promise<string | null> {
  if (taskKey === null) return null;
  const task = await tx
    .selectFrom('activity')
    .select('id')
    .where('tenant_id', '=', turn.tenant_id)
    .where('turn_id', '=', turn.id)
    .where('event_type', '=', 'TASK_STARTED')
    .where(sql<boolean>`payload_json ->> 'taskKey' = ${taskKey}`)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return task?.id ?? null;
}

function bounded(payload: unknown): unknown {
  const text = JSON.stringify(payload) ?? 'null';
  return text.length <= MAX_PAYLOAD ? (payload ?? null) : { cut: text.slice(0, MAX_PAYLOAD).toWellFormed() };
}

/** What the agents of a turn said aloud. */
export async function agentTexts(tx: Tx, tenantId: string, turnId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('activity')
    .select('description')
    .where('tenant_id', '=', tenantId)
    .where('turn_id', '=', turnId)
    .where('event_type', '=', 'AGENT_MESSAGE')
    .execute();
  return rows.map((row) => row.description);
}

/** Newest first. */
export async function listActivities(
  tx: Tx,
  filter: { tenantId: string; projectId: string; turnIds?: readonly string[]; beforeId: string | null; limit: number },
): Promise<ActivityRow[]> {
  let query = tx
    .selectFrom('activity')
    .selectAll()
    .where('tenant_id', '=', filter.tenantId)
    .where('project_id', '=', filter.projectId)
    .orderBy('id', 'desc')
    .limit(filter.limit);
  if (filter.turnIds) query = query.where('turn_id', 'in', [...filter.turnIds]);
  if (filter.beforeId) query = query.where('id', '<', filter.beforeId);
  return query.execute();
}
