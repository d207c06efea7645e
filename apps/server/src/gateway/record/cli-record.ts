import type { CallUsage } from '@talkide/contracts';
import type { TurnAccess } from '../turns/turn-access.ts';
import type { CallRecord } from './call-record.ts';

/** What is recorded of a call that a developer's own login paid for: its tokens, and no money. */
export function cliRecord(turn: TurnAccess, call: CallUsage, at: Date): CallRecord {
  return {
    call_id: call.callId,
    tenant_id: turn.tenantId,
    user_id: turn.userId,
    project_id: turn.projectId,
    conversation_id: turn.conversationId,
    turn_id: turn.id,
    agent_role: call.agentRole,
    session_id: call.sessionId,
    model: call.model,
    request_id: call.requestId,
    input_tokens: call.inputTokens,
    output_tokens: call.outputTokens,
    cache_read_tokens: call.cacheReadTokens,
    cache_write_tokens: call.cacheWrite5mTokens + call.cacheWrite1hTokens,
    cache_write_5m_tokens: call.cacheWrite5mTokens,
    cache_write_1h_tokens: call.cacheWrite1hTokens,
    web_search_requests: call.webSearchRequests,
    raw_cost_usd: '0',
    charged_cost_usd: '0',
    model_price_id: null,
    service_tier: call.serviceTier,
    inference_geo: call.inferenceGeo,
    speed: call.speed,
    latency_ms: null,
    outcome: call.estimated ? 'cut' : 'completed',
    estimated: call.estimated,
    created_at: at.toISOString(),
    executor_type: 'CLI',
  };
}
