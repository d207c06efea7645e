import { z } from 'zod';
import { errors } from './problem.ts';
import { Id, IdParams, PageQuery, page, route, Timestamp, Usd } from './route.ts';

/** Whole cents, more than nothing. */
const Cap = z
  .string()
  .regex(/^(?!0+(\.0+)?$)\d{1,7}(\.\d{1,2})?$/, 'An amount in US dollars with at most two decimals, more than zero')
  .describe('US dollars, a decimal string; null for no limit');

export const BudgetAlert = z.object({
  /** CREDIT: used of the credit since it last grew; MONTH: used of the monthly limit. */
  kind: z.enum(['CREDIT', 'MONTH']),
  threshold: z.literal([80, 100]),
  createdAt: Timestamp,
});
export type BudgetAlert = z.infer<typeof BudgetAlert>;

export const Credit = z.object({
  creditUsd: Usd,
  /** Set aside for calls under way; part of `creditUsd`. */
  heldUsd: Usd,
  month: z.object({ startsAt: Timestamp, spentUsd: Usd, limitUsd: Usd.nullable() }),
  turnCapUsd: Usd.nullable(),
  /** Alerts of the running periods, newest first. */
  alerts: z.array(BudgetAlert),
  /** `test`: cards of the test-mode provider, no real money. */
  payments: z.object({ provider: z.enum(['test', 'stripe']), publishableKey: z.string().nullable() }),
});
export type Credit = z.infer<typeof Credit>;

export const TopUp = z.object({
  id: Id,
  amountUsd: Usd,
  refundedUsd: Usd,
  disputed: z.boolean(),
  status: z.enum(['PENDING', 'SUCCEEDED', 'FAILED']),
  /** Why the card was declined, as Stripe names it (`card_declined`, `insufficient_funds`, …). */
  failureCode: z.string().nullable(),
  receiptUrl: z.string().nullable(),
  createdAt: Timestamp,
  completedAt: Timestamp.nullable(),
});
export type TopUp = z.infer<typeof TopUp>;

/** How to pay a top-up: Stripe's Payment Element with the secret, or the test-mode provider's card page. */
export const Payment = z.object({ clientSecret: z.string(), cardPageUrl: z.string().nullable() });

export const CreditEntry = z.object({
  id: Id,
  kind: z.enum(['STARTING', 'TOP_UP', 'REFUND', 'REFUND_FAILED', 'DISPUTE', 'DISPUTE_WON', 'WAIVER', 'ADJUSTMENT']),
  amountUsd: Usd,
  topUpId: Id.nullable(),
  turnId: Id.nullable(),
  createdAt: Timestamp,
});
export type CreditEntry = z.infer<typeof CreditEntry>;

export const ProjectBudget = z.object({ monthlyCapUsd: Usd.nullable(), spentUsd: Usd });

const tag = 'credit';
export const creditRoutes = {
  getCredit: route({
    method: 'GET',
    url: '/api/credit',
    access: 'user',
    tag,
    summary: 'Credit left, spend of the month, limits and alerts',
    responses: { 200: Credit },
  }),
  setLimits: route({
    method: 'PUT',
    url: '/api/credit/limits',
    access: 'user',
    tag,
    summary: 'Set the limit of a month and the cap of a turn; null for none',
    body: z.object({ monthlyLimitUsd: Cap.nullable(), turnCapUsd: Cap.nullable() }),
    responses: { 200: Credit },
  }),
  getProjectBudget: route({
    method: 'GET',
    url: '/api/projects/:id/budget',
    access: 'user',
    tag,
    summary: 'What a project has spent this month, and its cap',
    params: IdParams,
    responses: { 200: ProjectBudget },
  }),
  setProjectBudget: route({
    method: 'PUT',
    url: '/api/projects/:id/budget',
    access: 'user',
    tag,
    summary: "Set a project's cap of a month; null for none",
    params: IdParams,
    body: z.object({ monthlyCapUsd: Cap.nullable() }),
    responses: { 200: ProjectBudget },
  }),
  listCreditEntries: route({
    method: 'GET',
    url: '/api/credit/entries',
    access: 'user',
    tag,
    summary: 'What moved the credit besides model calls, newest first',
    query: PageQuery,
    responses: { 200: page(CreditEntry) },
  }),
  listTopUps: route({
    method: 'GET',
    url: '/api/credit/topups',
    access: 'user',
    tag,
    summary: 'Top-ups, newest first',
    query: PageQuery,
    responses: { 200: page(TopUp) },
  }),
  createTopUp: route({
    method: 'POST',
    url: '/api/credit/topups',
    access: 'user',
    tag,
    summary: 'Begin a top-up of 5 to 500 US dollars; credit comes when the payment has succeeded',
    body: z.object({
      amountUsd: z
        .string()
        .regex(/^\d{1,3}(\.\d{1,2})?$/)
        .refine((text) => !/^\d/.test(text) || (Number(text) >= 5 && Number(text) <= 500), 'From 5 to 500 US dollars'),
    }),
    responses: { 201: TopUp.extend({ payment: Payment }) },
    errors: ['payments_unavailable'],
    idempotent: 'by-handler',
  }),
  getTopUp: route({
    method: 'GET',
    url: '/api/credit/topups/:id',
    access: 'user',
    tag,
    summary: 'One top-up; with the way to pay it while that is possible',
    params: IdParams,
    responses: { 200: TopUp.extend({ payment: Payment.nullable() }) },
    errors: ['payments_unavailable'],
  }),
};

export const creditErrors = errors({
  payments_unavailable: {
    status: 503,
    en: 'The payment provider does not answer. Nothing was charged; try again in a minute.',
    cs: 'Platební služba neodpovídá. Nic nebylo strženo; zkuste to za minutu znovu.',
  },
  webhook_refused: {
    status: 400,
    en: 'The signature of this webhook is missing, wrong or too old: {reason}. Check the signing secret and the clock.',
    cs: 'Podpis tohoto webhooku chybí, nesedí nebo je příliš starý: {reason}. Zkontrolujte podpisové tajemství a hodiny.',
  },
});
