import { creditRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { Payments } from '../../adapters/payments/index.ts';
import { DomainError } from '../../errors.ts';
import type { Database } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import { toPage } from '../../platform/http/cursor.ts';
import { readIdCursor } from '../../platform/http/id-cursor.ts';
import { idempotencyKey } from '../../platform/http/idempotency.ts';
import { entryView, listEntries } from './entry-list.ts';
import type { TopUps } from './topups.ts';
import { paymentView, topUpView } from './view.ts';

export function bindTopUpRoutes(
  app: FastifyInstance,
  deps: { db: Database; payments: Payments; topUps: TopUps },
): void {
  const { db, payments, topUps } = deps;
  bind(app, creditRoutes.createTopUp, async ({ caller, body, request }) => {
    const order = { amountUsd: body.amountUsd, requestKey: idempotencyKey(request) };
    const { row, intent } = await topUps.begin(caller, order);
    if (!intent) throw new DomainError('payments_unavailable');
    return { ...topUpView(row), payment: paymentView(payments, row.id, intent, caller.locale) };
  });
  bind(app, creditRoutes.getTopUp, async ({ caller, params }) => {
    const { row, intent } = await topUps.get(caller, params.id);
    return { ...topUpView(row), payment: intent && paymentView(payments, row.id, intent, caller.locale) };
  });
  bind(app, creditRoutes.listTopUps, async ({ caller, query }) => {
    const rows = await topUps.list(caller, { before: readIdCursor(query.cursor), limit: query.limit + 1 });
    return toPage(rows, query.limit, (row) => [row.id], topUpView);
  });
  bind(app, creditRoutes.listCreditEntries, async ({ caller, query }) => {
    const page = { before: readIdCursor(query.cursor), limit: query.limit + 1 };
    const rows = await db.tenant(caller.tenantId, (tx) => listEntries(tx, caller.userId, page));
    return toPage(rows, query.limit, (row) => [row.id], entryView);
  });
}
