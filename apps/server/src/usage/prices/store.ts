import { sql } from 'kysely';
import type { ModelPriceRow, Tx } from '../../platform/db/index.ts';

type Columns = Omit<ModelPriceRow, 'id' | 'created_at' | 'effective_to'>;
export type NewPrice = Columns;

/** Prices by model, the newest first, behind a price. */
export async function listPrices(tx: Tx, page: { after: string | null; limit: number }): Promise<ModelPriceRow[]> {
  const { after } = page;
  return tx
    .selectFrom('model_price as price')
    .selectAll('price')
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`exists (
          select from model_price as last
          where last.id = ${after}::bigint and (price.model > last.model or (price.model = last.model
            and (price.effective_from, price.id) < (last.effective_from, last.id))))`,
      ),
    )
    .orderBy('model')
    .orderBy('effective_from', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();
}

/** Makes changes of the prices of a model wait for each other. */
export async function lockModel(tx: Tx, model: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`price ${model}`}, 0))`.execute(tx);
}

/** Whether a model has a price that begins at a time or later. */
export async function hasPriceFrom(
  tx: Tx,
  price: Pick<NewPrice, 'model' | 'speed' | 'effective_from'>,
): Promise<boolean> {
  const row = await tx
    .selectFrom('model_price')
    .select('id')
    .where('model', '=', price.model)
    .where('speed', '=', price.speed)
    .where('effective_from', '>=', price.effective_from)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends the open price of a model where a new one begins. */
export async function endPrice(
  tx: Tx,
  price: Pick<NewPrice, 'model' | 'speed' | 'effective_from'>,
): Promise<ModelPriceRow | undefined> {
  return tx
    .updateTable('model_price')
    .set({ effective_to: price.effective_from })
    .where('model', '=', price.model)
    .where('speed', '=', price.speed)
    .where('effective_from', '<', price.effective_from)
    .where('effective_to', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

export async function insertPrice(tx: Tx, price: NewPrice): Promise<ModelPriceRow> {
  return tx.insertInto('model_price').values(price).returningAll().executeTakeFirstOrThrow();
}
