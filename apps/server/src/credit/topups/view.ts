import type { TopUp } from '@talkide/contracts';
import type { Intent, Payments } from '../../adapters/payments/index.ts';
import type { TopUpRow } from './store.ts';

export const topUpView = (row: TopUpRow): TopUp => ({
  id: row.id,
  amountUsd: row.amount_usd,
  refundedUsd: row.refunded_usd,
  disputed: row.disputed,
  status: row.status,
  failureCode: row.failure_code,
  receiptUrl: row.receipt_url,
  createdAt: row.created_at.toISOString(),
  completedAt: row.completed_at?.toISOString() ?? null,
});

/** How a browser pays; it comes back to the billing page. */
export const paymentView = (payments: Payments, topUpId: string, intent: Intent, locale: 'en' | 'cs') => ({
  clientSecret: intent.clientSecret,
  cardPageUrl: payments.cardPage(intent, { returnPath: `/billing/credit?topup=${topUpId}`, locale }),
});
