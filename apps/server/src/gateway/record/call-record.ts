import type { AgentRole } from '@talkide/contracts';
import type { ExtraUsage, Usage } from '../meter/usage.ts';
import type { PriceBook } from '../prices/price-book.ts';
import { costOf, isEstimate, type Price, rounded, withMarkup } from '../prices/pricing.ts';
import type { TurnAccess } from '../turns/turn-access.ts';

/**
 * How a call that the upstream accepted ended. `gateway_lost`: the gateway itself died in the middle of it; what the
 * upstream had reported by then is recorded.
 */
export type CallOutcome = 'completed' | 'client_left' | 'upstream_error' | 'cut' | 'gateway_lost';

/** A call under way. Everything in it survives a crash of the gateway, in its journal. */
export interface MeteredCall {
  callId: string;
  turn: TurnAccess;
  agentRole: AgentRole | null;
  sessionId: string | null;
  /** The model as asked for; the answer may name it more exactly. */
  model: string;
  speed: 'standard' | 'fast';
  price: Price;
  markupPercent: string;
  /** RFC 3339. */
  startedAt: string;
}

/** A row of `usage_event`, named as there, as it stands in the journal. Counts are numbers, amounts decimal strings. */
export interface CallRecord {
  call_id: string;
  tenant_id: string;
  user_id: string;
  project_id: string;
  conversation_id: string;
  turn_id: string;
  agent_role: AgentRole | null;
  session_id: string | null;
  model: string;
  request_id: string | null;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  cache_write_5m_tokens: number;
  cache_write_1h_tokens: number;
  web_search_requests: number;
  raw_cost_usd: string;
  charged_cost_usd: string;
  /** Null: no price of ours holds for the call. */
  model_price_id: string | null;
  service_tier: string | null;
  inference_geo: string | null;
  speed: string | null;
  latency_ms: number | null;
  outcome: CallOutcome;
  estimated: boolean;
  created_at: string;
  /** Absent: NETWORK_WORKER. */
  executor_type?: 'CLI';
}

/** Whether the platform pays for a call: those that a developer's own login makes never touch credit. */
export const isCharged = (record: CallRecord): boolean => record.executor_type !== 'CLI';

/** How a call ended. */
export interface CallEnd {
  requestId: string | null;
  outcome: CallOutcome;
  /** The upstream has said its last word. */
  complete: boolean;
  latencyMs: number;
  at: Date;
}

/** What is recorded of a call that used this much. */
export function recordOf(call: MeteredCall, usage: Usage, prices: PriceBook, end: CallEnd): CallRecord {
  const { turn } = call;
  // What served the call may be slower than what was asked for.
  const speed = usage.speed === 'standard' ? 'standard' : call.speed;
  const price = speed === call.speed ? call.price : (prices.priceOf(call.model, speed) ?? call.price);
  const raw = costOf(usage, price, prices.priceOf);
  const total = totals(usage);
  return {
    call_id: call.callId,
    tenant_id: turn.tenantId,
    user_id: turn.userId,
    project_id: turn.projectId,
    conversation_id: turn.conversationId,
    turn_id: turn.id,
    agent_role: call.agentRole,
    session_id: call.sessionId,
    model: usage.model ?? call.model,
    request_id: end.requestId,
    input_tokens: total.inputTokens,
    output_tokens: total.outputTokens,
    cache_read_tokens: total.cacheReadTokens,
    cache_write_tokens: total.cacheWrite5mTokens + total.cacheWrite1hTokens,
    cache_write_5m_tokens: total.cacheWrite5mTokens,
    cache_write_1h_tokens: total.cacheWrite1hTokens,
    web_search_requests: usage.webSearchRequests,
    raw_cost_usd: rounded(raw),
    charged_cost_usd: withMarkup(raw, call.markupPercent),
    model_price_id: price.id,
    service_tier: usage.serviceTier,
    inference_geo: usage.inferenceGeo,
    speed: usage.speed,
    latency_ms: end.latencyMs,
    outcome: end.outcome,
    estimated: !end.complete || isEstimate(usage, price, prices.priceOf),
    created_at: end.at.toISOString(),
  };
}

type Counts = Pick<
  ExtraUsage,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWrite5mTokens' | 'cacheWrite1hTokens'
>;

/** Tokens of the call and of the calls inside it. */
function totals(usage: Usage): Counts {
  const total: Counts = {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWrite5mTokens: usage.cacheWrite5mTokens,
    cacheWrite1hTokens: usage.cacheWrite1hTokens,
  };
  for (const inner of usage.extra) {
    if (inner.inTopLevel) continue;
    total.inputTokens += inner.inputTokens;
    total.outputTokens += inner.outputTokens;
    total.cacheReadTokens += inner.cacheReadTokens;
    total.cacheWrite5mTokens += inner.cacheWrite5mTokens;
    total.cacheWrite1hTokens += inner.cacheWrite1hTokens;
  }
  return total;
}
