import type { Served } from '@talkide/demo-model';
import { faultsInBooks } from '../support/books.ts';
import type { Stage } from './stage.ts';

interface Recorded {
  request_id: string | null;
  turn_id: string | null;
  input_tokens: string;
  output_tokens: string;
  cache_read_tokens: string;
  cache_write_tokens: string;
  estimated: boolean;
  outcome: string;
}

/** The books against what the model served: every call once, with its tokens, and money where it belongs. */
export async function usageFaults(stage: Stage): Promise<string[]> {
  const recorded = await stage.query<Recorded>('select * from usage_event');
  const served = new Map(stage.model.served.filter(({ usage }) => usage).map((one) => [one.requestId, one]));
  const found: string[] = [];
  const known = new Set<string>();
  for (const row of recorded) {
    if (row.request_id === null) continue;
    if (known.has(row.request_id)) found.push(`a call was recorded twice: ${row.request_id}`);
    known.add(row.request_id);
    const call = served.get(row.request_id);
    if (!call) found.push(`a call was recorded that the model never served: ${row.request_id}`);
    else if (!row.estimated) found.push(...tokenFaults(row, call));
  }
  // A gateway that dies before the answer begins never learns the call's id: it records an estimate without one.
  const nameless = recorded.filter((row) => row.request_id === null && row.estimated).length;
  const missing = [...served.keys()].filter((id) => !known.has(id));
  if (missing.length > nameless) {
    const calls = missing.map((id) => `${id} ${served.get(id)?.role} ${served.get(id)?.outcome}`);
    found.push(
      `${missing.length} served calls are not recorded, ${nameless} estimates have no id: ${calls.join(', ')}`,
    );
  }
  return [...found, ...(await faultsInBooks(stage.home, stage.started()))];
}

function tokenFaults(row: Recorded, { usage, requestId }: Served): string[] {
  if (!usage) return [];
  const said = [
    usage.input_tokens,
    usage.output_tokens,
    usage.cache_read_input_tokens,
    usage.cache_creation_input_tokens,
  ].join(' ');
  const kept = [row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens].join(' ');
  return said === kept ? [] : [`${requestId} used ${said} tokens, recorded are ${kept}`];
}

/** Tools that leave no activity: a question becomes a message. */
const SILENT = `payload_json ->> 'type' = 'question'`;

/** The timeline against what the model asked for: no tool call twice, none that was never asked for, none missing. */
export async function activityFaults(stage: Stage): Promise<string[]> {
  const rows = await stage.query<{ use: string; turn_id: string }>(
    `select payload_json #>> '{data,id}' as use, turn_id::text from activity where event_type in ('TOOL_USE', 'TASK_STARTED')`,
  );
  const asked = new Map(stage.model.served.flatMap((call) => call.toolUses.map((use) => [use, call] as const)));
  const found: string[] = [];
  const seen = new Set<string>();
  for (const { use, turn_id } of rows) {
    if (seen.has(use)) found.push(`an activity of turn ${turn_id} is there twice: ${use}`);
    if (!asked.has(use)) found.push(`an activity of turn ${turn_id} was never asked for: ${use}`);
    seen.add(use);
  }
  // A turn that was begun anew tells its story anew: what its dead attempt had not told is not missed. Its attempts do not say
  // so, since one that a worker's death cut short beside the turn that is blamed for it is not counted; its claims do.
  const whole = await stage.query<{ request_id: string; questions: string }>(
    `with claim as (
       select payload #>> '{turn,id}' as turn_id from event
        where type = 'turn.updated' and payload #>> '{turn,status}' = 'RUNNING'
        group by 1 having count(*) = 1),
     question as (select turn_id, count(*) from message where ${SILENT} group by turn_id)
     select usage_event.request_id, coalesce(question.count, 0) as questions
       from usage_event
       join turn on turn.id = usage_event.turn_id
       join claim on claim.turn_id = turn.id::text
       left join question on question.turn_id = turn.id
      where turn.status = 'SUCCEEDED' and not usage_event.estimated`,
  );
  const calls = new Map(stage.model.served.map((call) => [call.requestId, call]));
  for (const { request_id, questions } of whole) {
    const missing = (calls.get(request_id)?.toolUses ?? []).filter((use) => !seen.has(use));
    if (missing.length > Number(questions))
      found.push(`activities are missing: ${missing.join(', ')} of ${request_id}`);
  }
  return found;
}
