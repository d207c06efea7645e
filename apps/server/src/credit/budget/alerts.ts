import type { Tx } from '../../platform/db/index.ts';
import { queueMail } from '../../platform/mail.ts';
import type { ChargedBudget } from '../charge.ts';
import type { HaltReason } from '../halt-reason.ts';
import { alertLetter } from './alert-letter.ts';
import { readBudget } from './store.ts';
import { type Crossing, reached, usedUp } from './thresholds.ts';

/** Tells people when they have used 80 % and 100 % of their credit or of their limit of the month, once each period. */
export interface Alerts {
  /** In the transaction that charged the budgets. */
  check(tx: Tx, budgets: readonly ChargedBudget[]): Promise<void>;
  /** A call was refused: what is left, if anything, is less than it costs. */
  refused(tx: Tx, userId: string, reason: HaltReason): Promise<void>;
}

const MOST_KNOWN = 10_000;
const KINDS: Partial<Record<HaltReason, Crossing['kind']>> = { NO_CREDIT: 'CREDIT', MONTHLY_LIMIT: 'MONTH' };

export function createAlerts(publicUrl: string): Alerts {
  /** Crossings that were told and committed: most charges need not ask. */
  const known = new Set<string>();
  const keyOf = (userId: string, { kind, period, threshold }: Crossing) => `${userId} ${kind} ${period} ${threshold}`;

  async function tell(tx: Tx, budget: ChargedBudget, crossings: readonly Crossing[]): Promise<void> {
    const fresh: Crossing[] = [];
    for (const crossing of crossings) {
      if (await insertAlert(tx, budget.userId, crossing)) fresh.push(crossing);
      else known.add(keyOf(budget.userId, crossing));
    }
    // Whoever passes both at once hears of the worse one.
    for (const kind of ['CREDIT', 'MONTH'] as const) {
      const worst = fresh.filter((one) => one.kind === kind).at(-1);
      const to = worst && (await recipient(tx, budget.userId));
      if (to) await queueMail(tx, alertLetter(to, worst, budget, publicUrl));
    }
  }

  async function tellNew(tx: Tx, budget: ChargedBudget, crossings: readonly Crossing[]): Promise<void> {
    const unknown = crossings.filter((one) => !known.has(keyOf(budget.userId, one)));
    if (known.size > MOST_KNOWN) known.clear();
    if (unknown.length > 0) await tell(tx, budget, unknown);
  }

  return {
    check: async (tx, budgets) => {
      for (const budget of budgets) await tellNew(tx, budget, reached(budget));
    },
    refused: async (tx, userId, reason) => {
      const kind = KINDS[reason];
      if (!kind) return;
      const budget = await budgetNow(tx, userId);
      await tellNew(tx, budget, usedUp(budget, kind));
    },
  };
}

async function budgetNow(tx: Tx, userId: string): Promise<ChargedBudget> {
  const budget = await readBudget(tx, userId);
  return {
    userId,
    creditUsd: budget.ai_credit_usd,
    creditBaseUsd: budget.credit_base_usd,
    creditPeriod: budget.credit_period,
    limitUsd: budget.spending_limit_usd,
    monthStart: budget.month_start,
    monthSpentUsd: budget.month_spent_usd,
  };
}

async function insertAlert(tx: Tx, userId: string, crossing: Crossing): Promise<boolean> {
  const row = await tx
    .insertInto('budget_alert')
    .values({ user_id: userId, ...crossing })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

const recipient = (tx: Tx, userId: string) =>
  tx
    .selectFrom('users')
    .select(['id', 'email', 'locale'])
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
