import { connect } from './database.ts';

/** What is wrong in the books when no turn runs: each row is money that is not where it should be. */
const faults: Readonly<Record<string, string>> = {
  'credit is not its entries less what calls were charged': `
    select * from (
      select user_id, ai_credit_usd as credit,
        (select coalesce(sum(amount_usd), 0) from credit_entry as entry where entry.user_id = budget.user_id) as entries,
        (select coalesce(sum(charged_cost_usd), 0) from usage_event as call where call.user_id = budget.user_id) as calls
      from user_budget as budget
    ) as budget where credit <> entries - calls`,
  'a turn did not cost what its calls did': `
    select * from (
      select id, charged_cost_usd as cost,
        (select coalesce(sum(charged_cost_usd), 0) from usage_event as call where call.turn_id = turn.id) as calls
      from turn
    ) as turn where cost <> calls`,
  'a turn that failed was not given back, or more than its cost was': `
    select * from (
      select id, case when status = 'FAILED' or waived_at is not null then charged_cost_usd else 0 end as due,
        (select coalesce(sum(amount_usd), 0) from credit_entry as entry where entry.turn_id = turn.id) as given
      from turn
    ) as turn where due <> given`,
};

/** Everything that is wrong in the books. `since`: holds of processes that died before it still run out. */
export async function faultsInBooks(home: string, since: Date): Promise<string[]> {
  const client = await connect(home, 'talkide');
  try {
    const { rows: holds } = await client.query('select * from credit_hold where created_at > $1', [since]);
    const found = holds.map((row) => `credit is set aside for no turn: ${JSON.stringify(row)}`);
    for (const [name, select] of Object.entries(faults)) {
      const { rows } = await client.query(select);
      found.push(...rows.map((row) => `${name}: ${JSON.stringify(row)}`));
    }
    return found;
  } finally {
    await client.end();
  }
}
