import { z } from 'zod';
import { AgentRole } from './conversations.ts';
import { errors } from './problem.ts';
import { Id, IdParams, PageQuery, page, route, Timestamp, Usd } from './route.ts';

const Count = z.number().int().min(0);

/** A period of whole days (UTC), both ends included; the running month when absent. At most 366 days. */
export const Period = z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() });

/** Spend of a group of calls. `waivedUsd` was given back for failed turns and is part of `chargedUsd`. */
const spend = {
  calls: Count,
  chargedUsd: Usd,
  waivedUsd: Usd,
};
const tokens = { inputTokens: Count, outputTokens: Count, cacheReadTokens: Count, cacheWriteTokens: Count };

export const UsageSummary = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  total: z.object({ ...spend, ...tokens }),
  /** Every day of the period, also those without a call. */
  days: z.array(z.object({ day: z.iso.date(), ...spend })),
  /** The largest first, at most 100 of each; names are null where the thing is deleted. */
  projects: z.array(z.object({ projectId: Id.nullable(), name: z.string().nullable(), ...spend })),
  conversations: z.array(
    z.object({
      conversationId: Id.nullable(),
      projectName: z.string().nullable(),
      title: z.string().nullable(),
      ...spend,
    }),
  ),
  models: z.array(z.object({ model: z.string(), ...spend, ...tokens })),
  roles: z.array(z.object({ agentRole: AgentRole.nullable(), ...spend })),
});
export type UsageSummary = z.infer<typeof UsageSummary>;

export const UsageTurn = z.object({
  turnId: Id,
  projectId: Id,
  projectName: z.string().nullable(),
  /** The start of the message that began it, at most 140 characters; null when that is deleted or it was a repair. */
  prompt: z.string().nullable(),
  kind: z.enum(['USER', 'REPAIR']).nullable(),
  status: z.string().nullable(),
  startedAt: Timestamp,
  ...spend,
  ...tokens,
});
export type UsageTurn = z.infer<typeof UsageTurn>;

export const UsageCall = z.object({
  id: Id,
  createdAt: Timestamp,
  agentRole: AgentRole.nullable(),
  model: z.string(),
  ...tokens,
  webSearchRequests: Count,
  chargedUsd: Usd,
  latencyMs: Count.nullable(),
  outcome: z.string().nullable(),
  estimated: z.boolean(),
  requestId: z.string().nullable(),
});
export type UsageCall = z.infer<typeof UsageCall>;

/** What turns like the next one cost: the middle half of the last ones. */
export const TurnQuote = z.object({
  lowUsd: Usd,
  highUsd: Usd,
  turns: Count,
  /** Whose turns: of this project, of this person, or of the platform where those are fewer than three. */
  basis: z.enum(['project', 'user', 'platform']),
});
export type TurnQuote = z.infer<typeof TurnQuote>;

const Margin = { ...spend, rawUsd: Usd, marginUsd: Usd };
export const PlatformUsage = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  /** margin = charged − waived − raw. */
  total: z.object({ ...Margin, ...tokens }),
  days: z.array(z.object({ day: z.iso.date(), ...Margin })),
  tenants: z.array(z.object({ tenantId: Id, slug: z.string(), ...Margin })),
  models: z.array(z.object({ model: z.string(), ...Margin, ...tokens })),
});
export type PlatformUsage = z.infer<typeof PlatformUsage>;

export const CreditHold = z.object({
  id: Id,
  userEmail: z.string(),
  turnId: Id,
  amountUsd: Usd,
  expiresAt: Timestamp,
});

export const UpstreamHealth = z.object({
  host: z.string(),
  demo: z.boolean(),
  inFlight: Count,
  /** Of the last five minutes of this process. */
  calls: Count,
  failures: Count,
  p50Ms: Count.nullable(),
  p95Ms: Count.nullable(),
  lastFailure: z.object({ at: Timestamp, status: z.number().int().nullable(), reason: z.string() }).nullable(),
});
export type UpstreamHealth = z.infer<typeof UpstreamHealth>;

const Rate = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/)
  .describe('US dollars for a million tokens, a decimal string');
const Rates = z.object({ input: Rate, output: Rate, cacheWrite5m: Rate, cacheWrite1h: Rate, cacheRead: Rate });
export const ModelPrice = z.object({
  id: Id,
  model: z.string(),
  /** Fast inference is asked for by the call and has rates of its own. */
  speed: z.enum(['standard', 'fast']),
  effectiveFrom: Timestamp,
  effectiveTo: Timestamp.nullable(),
  rates: Rates,
  /** Rates of a whole request whose prompt has more tokens than the threshold. */
  longPrompt: z.object({ thresholdTokens: Count.min(1), rates: Rates }).nullable(),
  webSearchUsd: Usd,
});
export type ModelPrice = z.infer<typeof ModelPrice>;

const tag = 'usage';
export const usageRoutes = {
  usageSummary: route({
    method: 'GET',
    url: '/api/usage',
    access: 'user',
    tag,
    summary: 'Spend of a period per day, project, conversation, model and agent role',
    query: Period.extend({ projectId: Id.optional() }),
    responses: { 200: UsageSummary },
    errors: ['period_refused'],
  }),
  listUsageTurns: route({
    method: 'GET',
    url: '/api/usage/turns',
    access: 'user',
    tag,
    summary: 'Turns of a period with their cost, newest first',
    query: Period.extend({ projectId: Id.optional(), ...PageQuery.shape }),
    responses: { 200: page(UsageTurn) },
    errors: ['period_refused'],
  }),
  listUsageCalls: route({
    method: 'GET',
    url: '/api/usage/turns/:id/calls',
    access: 'user',
    tag,
    summary: 'The model calls of one turn, in order',
    params: IdParams,
    query: PageQuery,
    responses: { 200: page(UsageCall) },
  }),
  exportUsage: route({
    method: 'GET',
    url: '/api/usage/export.csv',
    access: 'user',
    tag,
    summary: 'Every model call of a period as CSV (RFC 4180)',
    query: Period.extend({ projectId: Id.optional() }),
    media: ['text/csv'],
    responses: { 200: z.any() },
    errors: ['period_refused'],
  }),
  quoteTurn: route({
    method: 'GET',
    url: '/api/projects/:id/quote',
    access: 'user',
    tag,
    summary: 'What turns like the next one cost; null where there is no history',
    params: IdParams,
    responses: { 200: z.object({ quote: TurnQuote.nullable() }) },
  }),
  platformUsage: route({
    method: 'GET',
    url: '/api/admin/usage',
    access: 'admin',
    tag,
    summary: 'Spend and margin of the platform per day, tenant and model',
    query: Period,
    responses: { 200: PlatformUsage },
    errors: ['period_refused'],
  }),
  listHolds: route({
    method: 'GET',
    url: '/api/admin/holds',
    access: 'admin',
    tag,
    summary: 'Credit set aside for calls under way',
    query: PageQuery,
    responses: { 200: page(CreditHold) },
  }),
  upstreamHealth: route({
    method: 'GET',
    url: '/api/admin/upstream',
    access: 'admin',
    tag,
    summary: 'How the model API has answered lately',
    responses: { 200: UpstreamHealth },
  }),
  listPrices: route({
    method: 'GET',
    url: '/api/admin/prices',
    access: 'admin',
    tag,
    summary: 'Prices of models, past and future, by model and newest first',
    query: PageQuery,
    responses: { 200: page(ModelPrice) },
  }),
  addPrice: route({
    method: 'POST',
    url: '/api/admin/prices',
    access: 'admin',
    tag,
    summary: 'Price a model from a time on; the price before it ends there',
    body: ModelPrice.omit({ id: true, effectiveTo: true }).extend({
      model: z.string().regex(/^[\w.:-]{1,200}$/),
      webSearchUsd: Rate.describe('US dollars for one search, a decimal string'),
    }),
    responses: { 201: ModelPrice },
    errors: ['price_in_past', 'price_exists'],
  }),
};

export const usageErrors = errors({
  period_refused: {
    status: 422,
    en: 'A period ends on or after the day it begins and has at most 366 days.',
    cs: 'Období končí nejdříve dnem, kdy začíná, a má nejvýš 366 dní.',
  },
  price_in_past: {
    status: 422,
    en: 'A price cannot begin in the past: calls of then keep the price they had. Choose a later time.',
    cs: 'Cena nemůže začít v minulosti: tehdejší volání si svou cenu nechávají. Zvolte pozdější čas.',
  },
  price_exists: {
    status: 409,
    en: 'This model already has a price that begins then or later. Choose a later time.',
    cs: 'Tento model už má cenu, která tehdy nebo později začíná. Zvolte pozdější čas.',
  },
});
