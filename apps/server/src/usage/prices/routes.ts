import { usageRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import { audit } from '../../operations/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database, ModelPriceRow } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { readIdCursor } from '../../platform/http/id-cursor.ts';
import { endPrice, hasPriceFrom, insertPrice, listPrices, lockModel } from './store.ts';
import { type PriceForm, priceView, toRow } from './view.ts';

/** Prices of models, which the operator reads and adds to; one that was in force is never changed. */
export function bindPriceRoutes(app: FastifyInstance, { db, clock }: { db: Database; clock: Clock }): void {
  bind(app, usageRoutes.listPrices, async ({ query }) => {
    const page = { after: readIdCursor(query.cursor), limit: query.limit + 1 };
    const rows = await db.system((tx) => listPrices(tx, page));
    return toPage(rows, query.limit, (row) => [row.id], priceView);
  });

  bind(app, usageRoutes.addPrice, async ({ caller, body }) =>
    priceView(await addPrice(db, clock.now(), caller.userId, body)),
  );
}

function addPrice(db: Database, now: Date, operatorId: string, form: PriceForm): Promise<ModelPriceRow> {
  const price = toRow(form);
  if (price.effective_from < now) throw new DomainError('price_in_past');
  return db.system(async (tx) => {
    await lockModel(tx, price.model);
    if (await hasPriceFrom(tx, price)) throw new DomainError('price_exists');
    const ended = await endPrice(tx, price);
    const added = await insertPrice(tx, price);
    await audit(tx, operatorId, 'price.added', {
      ...{ priceId: added.id, model: price.model, speed: price.speed },
      effectiveFrom: added.effective_from.toISOString(),
      endedPriceId: ended?.id ?? null,
    });
    return added;
  });
}
