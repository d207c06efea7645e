import type { Tx } from '../../platform/db/index.ts';
import { queueMail } from '../../platform/mail.ts';
import type { ChargedBudget } from '../charge.ts';
import { alertLetter } from './alert-letter.ts';
import { type Crossing, reached } from './thresholds.ts';

/** Tells people when they have used 80 % and 100 % of their credit or of their limit of the month, once each period. */
export interface Alerts {
  /** In the transaction that charged the budgets. */
  check(tx: Tx, budgets: readonly ChargedBudget[]): Promise<void>;
}

const MOST_KNOWN = 10_000;

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

  return {
    check: async (tx, budgets) => {
      for (const budget of budgets) {
        const crossings = reached(budget).filter((one) => !known.has(keyOf(budget.userId, one)));
        if (known.size > MOST_KNOWN) known.clear();
        if (crossings.length > 0) await tell(tx, budget, crossings);
      }
    },
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
