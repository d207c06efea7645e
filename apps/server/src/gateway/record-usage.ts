import { setTimeout as delay } from 'node:timers/promises';
import type { AgentRole, LiveEvent } from '@talkide/contracts';
import { sql } from 'kysely';
import type { TurnRow, Tx } from '../platform/db/index.ts';
import { notifyLive } from '../platform/events.ts';
import { formatUsd, type Money, usd } from '../platform/money.ts';
import type { GatewayDeps } from './ports.ts';
import type { PriceBook } from './price-book.ts';
import { costOf, isEstimate, type Price, withMarkup } from './pricing.ts';
import type { Usage } from './usage.ts';

/** How a call that the upstream accepted ended. */
export type CallOutcome = 'completed' | 'client_left' | 'upstream_error' | 'cut';

export interface MeteredCall {
  turn: TurnRow;
  agentRole: AgentRole | null;
  /** The model as asked for; the answer may name it more exactly. */
  model: string;
  price: Price;
  prices: PriceBook;
  requestId: string | null;
  startedAt: number;
}

/** `numeric(20,10)`. */
const COST_DECIMALS = 10;
const RETRY_PAUSES_MS = [50, 250, 1_000];

/** Records what a call used: a usage_event, the turn's counters, and the cost so far for those who watch. */
export async function recordUsage(
  deps: GatewayDeps,
  call: MeteredCall,
  usage: Usage,
  end: { outcome: CallOutcome; complete: boolean },
): Promise<void> {
  const raw = costOf(usage, call.price, call.prices.priceOf);
  const charged = withMarkup(raw, deps.markupPercent);
  const write = (again: boolean) =>
    deps.db.system(async (tx) => {
      if (again && (await isRecorded(tx, call))) return undefined;
      await insertUsage(tx, call, usage, { raw, charged, ...end });
      const turn = await addToTurn(tx, call.turn.id, usage, charged);
      if (!turn) return;
      await deps.costChanged(tx, turn);
      await notifyLive(tx, deps.db, turn.tenant_id, costEvent(turn));
    });
  await insist(write);
}

const costEvent = (turn: TurnRow): LiveEvent => ({
  type: 'turn.cost',
  projectId: turn.project_id,
  turnId: turn.id,
  costUsd: formatUsd(usd(turn.charged_cost_usd)),
  inputTokens: Number(turn.input_tokens) + Number(turn.cache_read_tokens) + Number(turn.cache_write_tokens),
  outputTokens: Number(turn.output_tokens),
});

/** The upstream has been paid by now: a hiccup of the database must not lose the record. */
async function insist<T>(write: (again: boolean) => Promise<T>): Promise<T> {
  for (const [tries, pause] of RETRY_PAUSES_MS.entries()) {
    try {
      return await write(tries > 0);
    } catch {
      await delay(pause);
    }
  }
  return write(true);
}

/** A commit whose answer was lost has recorded the call after all. */
async function isRecorded(tx: Tx, { turn, requestId }: MeteredCall): Promise<boolean> {
  if (requestId === null) return false;
  const row = await tx
    .selectFrom('usage_event')
    .select('id')
    .where('turn_id', '=', turn.id)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return row !== undefined;
}

async function insertUsage(
  tx: Tx,
  call: MeteredCall,
  usage: Usage,
  end: { raw: Money; charged: Money; outcome: CallOutcome; complete: boolean },
): Promise<void> {
  const { turn } = call;
  const total = totals(usage);
  await tx
    .insertInto('usage_event')
    .values({
      tenant_id: turn.tenant_id,
      user_id: turn.user_id,
      project_id: turn.project_id,
      conversation_id: turn.conversation_id,
      turn_id: turn.id,
      agent_role: call.agentRole,
      model: usage.model ?? call.model,
      request_id: call.requestId,
      input_tokens: String(total.input),
      output_tokens: String(total.output),
      cache_read_tokens: String(total.cacheRead),
      cache_write_tokens: String(total.cacheWrite5m + total.cacheWrite1h),
      cache_write_5m_tokens: String(total.cacheWrite5m),
      cache_write_1h_tokens: String(total.cacheWrite1h),
      web_search_requests: String(usage.webSearchRequests),
      raw_cost_usd: formatUsd(end.raw, COST_DECIMALS),
      charged_cost_usd: formatUsd(end.charged, COST_DECIMALS),
      executor_type: 'NETWORK_WORKER',
      model_price_id: call.price.id,
      service_tier: usage.serviceTier,
      latency_ms: Math.round(performance.now() - call.startedAt),
      outcome: end.outcome,
      estimated: !end.complete || isEstimate(usage, call.prices.priceOf),
    })
    .execute();
}

async function addToTurn(tx: Tx, turnId: string, usage: Usage, charged: Money): Promise<TurnRow | undefined> {
  const total = totals(usage);
  return tx
    .updateTable('turn')
    .set({
      input_tokens: sql`input_tokens + ${total.input}`,
      output_tokens: sql`output_tokens + ${total.output}`,
      cache_read_tokens: sql`cache_read_tokens + ${total.cacheRead}`,
      cache_write_tokens: sql`cache_write_tokens + ${total.cacheWrite5m + total.cacheWrite1h}`,
      charged_cost_usd: sql`charged_cost_usd + ${formatUsd(charged, COST_DECIMALS)}::numeric`,
    })
    .where('id', '=', turnId)
    .returningAll()
    .executeTakeFirst();
}

/** Tokens of the call and of the calls inside it. */
function totals(usage: Usage) {
  const all = [usage, ...usage.extra];
  const sum = (count: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + count(one), 0);
  return {
    input: sum((one) => one.inputTokens),
    output: sum((one) => one.outputTokens),
    cacheRead: sum((one) => one.cacheReadTokens),
    cacheWrite5m: sum((one) => one.cacheWrite5mTokens),
    cacheWrite1h: sum((one) => one.cacheWrite1hTokens),
  };
}
