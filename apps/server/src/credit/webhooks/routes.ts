import type { FastifyInstance } from 'fastify';
import { type Payments, WebhookRefused } from '../../adapters/payments/index.ts';
import { DomainError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/db/index.ts';
import { insertEvent } from './store.ts';
import { handledTypes } from './types.ts';

const BODY_LIMIT = 1024 * 1024;

/** Takes webhooks: checked over the bytes as they came, stored, and handled after that. */
export function webhookRoutes(app: FastifyInstance, deps: { db: Database; clock: Clock; payments: Payments }): void {
  const { db, clock, payments } = deps;
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post('/webhooks/stripe', { bodyLimit: BODY_LIMIT }, async (request) => {
      const now = clock.now();
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { id, type } = read(payments, body, request.headers['stripe-signature'], now);
      const event = { id, type, payload: body.toString('utf8'), matters: handledTypes.includes(type) };
      await db.system((tx) => insertEvent(tx, event, now));
      return { received: true };
    });
  });
}

function read(payments: Payments, body: Buffer, signature: string | string[] | undefined, now: Date) {
  try {
    return payments.readWebhook(body, typeof signature === 'string' ? signature : undefined, now);
  } catch (error) {
    if (error instanceof WebhookRefused) throw new DomainError('webhook_refused', { reason: error.message });
    throw error;
  }
}
