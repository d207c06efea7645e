import { randomUUID } from 'node:crypto';
import type { AgentRole, CallUsage } from '@talkide/contracts';
import { z } from 'zod';

const Count = z.number().int().min(0).nullish();
const Word = z.string().nullish();

/** Usage as the Messages API reports it, as far as it is recorded. */
export const ReportedUsage = z.object({
  input_tokens: Count,
  output_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation: z.object({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count }).nullish(),
  server_tool_use: z.object({ web_search_requests: Count }).nullish(),
  service_tier: Word,
  inference_geo: Word,
  speed: Word,
});
export type ReportedUsage = z.infer<typeof ReportedUsage>;

/** A later report replaces an earlier one where it says something: reports of a stream are cumulative. */
export function laterUsage(before: ReportedUsage, later: ReportedUsage): ReportedUsage {
  const said = Object.entries(later).filter(([, value]) => value !== null && value !== undefined);
  return { ...before, ...Object.fromEntries(said) };
}

/** What is known of a call beside its usage. */
export type KnownCall = {
  agentRole: AgentRole | null;
  sessionId: string;
  model: string;
  requestId: string | null;
};

const word = (text: string | null | undefined) => text?.slice(0, 200) || null;

/** A call as it is told to the platform. */
export function callUsage(call: KnownCall, usage: ReportedUsage, estimated: boolean): CallUsage {
  const written = usage.cache_creation_input_tokens ?? 0;
  const forAnHour = Math.min(written, usage.cache_creation?.ephemeral_1h_input_tokens ?? 0);
  return {
    callId: randomUUID(),
    agentRole: call.agentRole,
    sessionId: call.sessionId,
    model: call.model.slice(0, 200),
    requestId: word(call.requestId),
    inputTokens: usage.input_tokens ?? 0,
    outputTokens: usage.output_tokens ?? 0,
    cacheReadTokens: usage.cache_read_input_tokens ?? 0,
    cacheWrite5mTokens: written - forAnHour,
    cacheWrite1hTokens: forAnHour,
    webSearchRequests: usage.server_tool_use?.web_search_requests ?? 0,
    serviceTier: word(usage.service_tier),
    inferenceGeo: word(usage.inference_geo),
    speed: word(usage.speed),
    estimated,
  };
}
