import { AgentRole, type UsageSummary } from '@talkide/contracts';
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/index.ts';
import { type DayRange, daysOf } from '../period.ts';
import { spendSums, spentCalls, tokenSums } from '../spent-calls.ts';
import { nothing, type SpendRow, spendView, type TokenRow, tokensView } from '../views.ts';

/** Shown of each part; days are all shown. */
const MOST = 100;
const MOST_ROWS = 366;

interface PartRow extends SpendRow, TokenRow {
  part: 'total' | 'day' | 'project' | 'conversation' | 'model' | 'role';
  day: string | null;
  project_id: string | null;
  project_name: string | null;
  conversation_id: string | null;
  title: string | null;
  model: string | null;
  agent_role: AgentRole | null;
}

export interface SummaryScope {
  tenantId: string;
  projectId?: string | undefined;
  period: DayRange;
}

/** The spend of a period in all its parts. One statement, so that the parts are of one moment and sum up to the total. */
export async function summarise(tx: Tx, scope: SummaryScope): Promise<UsageSummary> {
  const rows = await readParts(tx, scope);
  const part = (name: PartRow['part']) => rows.filter((row) => row.part === name);
  const largest = (name: PartRow['part']) => part(name).slice(0, MOST);
  const byDay = new Map(part('day').map((row) => [row.day, row]));
  const [total] = part('total');
  if (!total) throw new Error('the summary has no total');
  return {
    ...scope.period,
    total: { ...spendView(total), ...tokensView(total) },
    days: daysOf(scope.period).map((day) => ({ day, ...spendView(byDay.get(day) ?? nothing) })),
    projects: largest('project').map((row) => ({
      projectId: row.project_id,
      name: row.project_name,
      ...spendView(row),
    })),
    conversations: largest('conversation').map((row) => ({
      conversationId: row.conversation_id,
      projectName: row.project_name,
      title: row.title,
      ...spendView(row),
    })),
    models: largest('model').map((row) => ({ model: row.model ?? '', ...spendView(row), ...tokensView(row) })),
    roles: largest('role').map((row) => ({ agentRole: row.agent_role, ...spendView(row) })),
  };
}

async function readParts(tx: Tx, scope: SummaryScope): Promise<PartRow[]> {
  const { tenantId } = scope;
  const result = await sql<PartRow>`
    with ${spentCalls(scope)},
    known as (
      select spent.*, case when agent_role = any(${AgentRole.options}) then agent_role end as role from spent
    ),
    part as (
      select
        case
          when grouping(day) = 0 then 'day'
          when grouping(project_id) = 0 then 'project'
          when grouping(conversation_id) = 0 then 'conversation'
          when grouping(model) = 0 then 'model'
          when grouping(role) = 0 then 'role'
          else 'total'
        end as part,
        day, project_id, conversation_id, model, role, ${spendSums}, ${tokenSums}
      from known
      group by grouping sets ((), (day), (project_id), (conversation_id), (model), (role))
    ),
    ranked as (
      select part.*, row_number() over (
        partition by part order by charged_usd desc, calls desc, project_id, conversation_id, model, role) as place
      from part
    )
    select ranked.part, to_char(ranked.day, 'YYYY-MM-DD') as day, ranked.project_id, project.name as project_name,
      ranked.conversation_id, conversation.title, ranked.model, ranked.role as agent_role, ranked.calls,
      ranked.charged_usd, ranked.waived_usd,
      ranked.input_tokens, ranked.output_tokens, ranked.cache_read_tokens, ranked.cache_write_tokens
    from ranked
    left join conversation
      on conversation.tenant_id = ${tenantId}::bigint and conversation.id = ranked.conversation_id
    left join project
      on project.tenant_id = ${tenantId}::bigint
      and project.id = coalesce(ranked.project_id, conversation.project_id)
    where ranked.place <= ${MOST_ROWS}
    order by ranked.part, ranked.place`.execute(tx);
  return result.rows;
}
