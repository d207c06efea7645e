import { z } from 'zod';

/** What one model call used. Total input is the sum of the four input counts. */
export interface Usage {
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  /** Cache writes of both lifetimes. */
  cacheWriteTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  webSearchRequests: number;
  serviceTier: string | null;
  inferenceGeo: string | null;
  speed: string | null;
  /** Calls inside the call, each with a model of its own. */
  extra: ExtraUsage[];
}

export interface ExtraUsage {
  /** Null: the model of the call. */
  model: string | null;
  /** Its tokens are part of the call's own counts. */
  inTopLevel: boolean;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
}

export const noUsage: Usage = {
  model: null,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearchRequests: 0,
  serviceTier: null,
  inferenceGeo: null,
  speed: null,
  extra: [],
};

const Count = z.number().int().min(0).nullish().catch(null);
const Text = z.string().nullish().catch(null);
const CacheCreation = z
  .object({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count })
  .nullish()
  .catch(null);
const Iteration = z.object({
  type: Text,
  model: Text,
  input_tokens: Count,
  output_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_creation: CacheCreation,
});
const UsageBody = z.object({
  input_tokens: Count,
  output_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_creation: CacheCreation,
  server_tool_use: z.object({ web_search_requests: Count }).nullish().catch(null),
  service_tier: Text,
  inference_geo: Text,
  speed: Text,
  iterations: z.array(Iteration).nullish().catch(null),
});
type UsageBody = z.infer<typeof UsageBody>;

/** Kinds of iterations that are priced apart, and whether the top-level counts hold their tokens. */
const APART = new Map([
  ['compaction', { inTopLevel: false }],
  ['advisor_message', { inTopLevel: false }],
  ['fallback_message', { inTopLevel: true }],
]);

/** Lays reported usage over what is known: counts are cumulative, so they replace; null and absent keep what was there. */
export function mergeUsage(known: Usage, reported: unknown): Usage {
  const parsed = UsageBody.safeParse(reported);
  if (!parsed.success) return known;
  const body = parsed.data;
  return {
    model: known.model,
    inputTokens: body.input_tokens ?? known.inputTokens,
    outputTokens: body.output_tokens ?? known.outputTokens,
    cacheReadTokens: body.cache_read_input_tokens ?? known.cacheReadTokens,
    ...cacheWrites(known, body),
    webSearchRequests: body.server_tool_use?.web_search_requests ?? known.webSearchRequests,
    serviceTier: body.service_tier ?? known.serviceTier,
    inferenceGeo: body.inference_geo ?? known.inferenceGeo,
    speed: body.speed ?? known.speed,
    extra: body.iterations?.flatMap(toExtra) ?? known.extra,
  };
}

/** A total without its split is laid to the five-minute lifetime, the API's default, beyond the 1 h share known so far. */
function cacheWrites(known: Usage, body: Pick<UsageBody, 'cache_creation' | 'cache_creation_input_tokens'>) {
  const split = body.cache_creation;
  if (split) {
    const cacheWrite5mTokens = split.ephemeral_5m_input_tokens ?? 0;
    const cacheWrite1hTokens = split.ephemeral_1h_input_tokens ?? 0;
    const total = body.cache_creation_input_tokens ?? 0;
    const unsplit = Math.max(0, total - cacheWrite5mTokens - cacheWrite1hTokens);
    return {
      cacheWriteTokens: Math.max(total, cacheWrite5mTokens + cacheWrite1hTokens),
      cacheWrite5mTokens: cacheWrite5mTokens + unsplit,
      cacheWrite1hTokens,
    };
  }
  const cacheWriteTokens = body.cache_creation_input_tokens ?? known.cacheWriteTokens;
  const cacheWrite1hTokens = Math.min(known.cacheWrite1hTokens, cacheWriteTokens);
  return { cacheWriteTokens, cacheWrite5mTokens: cacheWriteTokens - cacheWrite1hTokens, cacheWrite1hTokens };
}

function toExtra(iteration: z.infer<typeof Iteration>): ExtraUsage[] {
  const apart = APART.get(iteration.type ?? '');
  if (!apart) return [];
  const writes = cacheWrites(noUsage, iteration);
  return [
    {
      model: iteration.model ?? null,
      inTopLevel: apart.inTopLevel,
      inputTokens: iteration.input_tokens ?? 0,
      outputTokens: iteration.output_tokens ?? 0,
      cacheReadTokens: iteration.cache_read_input_tokens ?? 0,
      cacheWrite5mTokens: writes.cacheWrite5mTokens,
      cacheWrite1hTokens: writes.cacheWrite1hTokens,
    },
  ];
}

const MessageBody = z.object({ model: Text, usage: z.unknown().optional() });

/** Usage of an answer that is one JSON message. Null: it reports none. */
export function usageOfMessage(body: unknown): Usage | null {
  const parsed = MessageBody.safeParse(body);
  if (!parsed.success || typeof parsed.data.usage !== 'object' || parsed.data.usage === null) return null;
  return mergeUsage({ ...noUsage, model: parsed.data.model ?? null }, parsed.data.usage);
}
