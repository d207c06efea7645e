import { arrayOf, countOf, type Json, objectOf, textOf } from './json-fields.ts';

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

/** Kinds of iterations that are priced apart, and whether the top-level counts hold their tokens. */
const APART = new Map([
  ['compaction', { inTopLevel: false }],
  ['advisor_message', { inTopLevel: false }],
  ['fallback_message', { inTopLevel: true }],
]);

/** Lays reported usage over what is known: counts are cumulative, so they replace; null and absent keep what was there. */
export function mergeUsage(known: Usage, reported: unknown): Usage {
  const body = objectOf(reported);
  if (!body) return known;
  return {
    model: known.model,
    inputTokens: countOf(body.input_tokens) ?? known.inputTokens,
    outputTokens: countOf(body.output_tokens) ?? known.outputTokens,
    cacheReadTokens: countOf(body.cache_read_input_tokens) ?? known.cacheReadTokens,
    ...cacheWrites(known, body),
    webSearchRequests: countOf(objectOf(body.server_tool_use)?.web_search_requests) ?? known.webSearchRequests,
    serviceTier: textOf(body.service_tier) ?? known.serviceTier,
    inferenceGeo: textOf(body.inference_geo) ?? known.inferenceGeo,
    speed: textOf(body.speed) ?? known.speed,
    extra: arrayOf(body.iterations)?.flatMap(toExtra) ?? known.extra,
  };
}

/** A total without its split is laid to the five-minute lifetime, the API's default, beyond the 1 h share known so far. */
function cacheWrites(
  known: Usage,
  body: Json,
): Pick<Usage, 'cacheWriteTokens' | 'cacheWrite5mTokens' | 'cacheWrite1hTokens'> {
  const reported = countOf(body.cache_creation_input_tokens);
  const split = objectOf(body.cache_creation);
  if (split) {
    const cacheWrite5mTokens = countOf(split.ephemeral_5m_input_tokens) ?? 0;
    const cacheWrite1hTokens = countOf(split.ephemeral_1h_input_tokens) ?? 0;
    const total = reported ?? 0;
    const unsplit = Math.max(0, total - cacheWrite5mTokens - cacheWrite1hTokens);
    return {
      cacheWriteTokens: Math.max(total, cacheWrite5mTokens + cacheWrite1hTokens),
      cacheWrite5mTokens: cacheWrite5mTokens + unsplit,
      cacheWrite1hTokens,
    };
  }
  const cacheWriteTokens = reported ?? known.cacheWriteTokens;
  const cacheWrite1hTokens = Math.min(known.cacheWrite1hTokens, cacheWriteTokens);
  return { cacheWriteTokens, cacheWrite5mTokens: cacheWriteTokens - cacheWrite1hTokens, cacheWrite1hTokens };
}

function toExtra(reported: unknown): ExtraUsage[] {
  const iteration = objectOf(reported);
  const apart = iteration && APART.get(textOf(iteration.type) ?? '');
  if (!apart) return [];
  const writes = cacheWrites(noUsage, iteration);
  return [
    {
      model: textOf(iteration.model),
      inTopLevel: apart.inTopLevel,
      inputTokens: countOf(iteration.input_tokens) ?? 0,
      outputTokens: countOf(iteration.output_tokens) ?? 0,
      cacheReadTokens: countOf(iteration.cache_read_input_tokens) ?? 0,
      cacheWrite5mTokens: writes.cacheWrite5mTokens,
      cacheWrite1hTokens: writes.cacheWrite1hTokens,
    },
  ];
}

/** Usage of an answer that is one JSON message. Null: it reports none. */
export function usageOfMessage(reported: unknown): Usage | null {
  const message = objectOf(reported);
  const usage = objectOf(message?.usage);
  return message && usage ? mergeUsage({ ...noUsage, model: textOf(message.model) }, usage) : null;
}
