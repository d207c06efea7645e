import { type TurnQuote, usageRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { type RawBuilder, sql } from 'kysely';
import { DomainError } from '../../errors.ts';
import type { Database, Tx } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { amount } from '../views.ts';

/** So many turns, the last ones, are looked at. */
const LAST = 20;
/** Fewer than these say little: then a wider circle is asked. */
const FEWEST = 3;

export function bindQuoteRoute(app: FastifyInstance, { db }: { db: Database }): void {
  bind(app, usageRoutes.quoteTurn, async ({ caller: { tenantId, userId }, params }) => {
    const own = await db.tenant(tenantId, async (tx) => {
      const project = await tx
        .selectFrom('project')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', params.id)
        .executeTakeFirst();
      if (!project) throw new DomainError('not_found');
      const ofProject = sql<boolean>`tenant_id = ${tenantId}::bigint and project_id = ${params.id}::bigint`;
      const ofUser = sql<boolean>`tenant_id = ${tenantId}::bigint and user_id = ${userId}::bigint`;
      return (await quote(tx, 'project', ofProject, FEWEST)) ?? (await quote(tx, 'user', ofUser, FEWEST));
    });
    return { quote: own ?? (await db.system((tx) => quote(tx, 'platform', sql`true`, 1))) };
  });
}

/** The middle half of what the last turns cost that ran to their end; null where they are too few. */
async function quote(
  tx: Tx,
  basis: TurnQuote['basis'],
  whose: RawBuilder<boolean>,
  fewest: number,
): Promise<TurnQuote | null> {
  const { rows } = await sql<{ turns: string; low: string; high: string }>`
    select count(*) as turns,
      percentile_disc(0.25) within group (order by charged_cost_usd) as low,
      percentile_disc(0.75) within group (order by charged_cost_usd) as high
    from (
      select charged_cost_usd from turn
      where ${whose} and kind = 'USER' and status = 'SUCCEEDED' and refused_by is null and charged_cost_usd > 0
      order by id desc
      limit ${LAST}
    ) as recent`.execute(tx);
  const [row] = rows;
  if (!row || Number(row.turns) < fewest) return null;
  return { lowUsd: amount(row.low), highUsd: amount(row.high), turns: Number(row.turns), basis };
}
