import { type Activity, AgentRole } from '@talkide/contracts';
import type { ActivityRow } from '../../platform/db/index.ts';

/** An activity as the API shows it; its payload stays inside. */
export function activityView(row: ActivityRow): Activity {
  return {
    id: row.id,
    projectId: row.project_id,
    conversationId: row.conversation_id,
    turnId: row.turn_id,
    agentRole: AgentRole.parse(row.agent_role),
    eventType: row.event_type,
    parentActivityId: row.parent_activity_id,
    description: row.description,
    toolName: row.tool_name,
    toolCategory: row.tool_category,
    toolSummary: row.tool_summary,
    createdAt: row.created_at.toISOString(),
  };
}
