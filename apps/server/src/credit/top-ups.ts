import type { FastifyInstance } from 'fastify';
import type { Payments } from '../adapters/payments/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/index.ts';
import type { Secrets } from '../platform/secrets.ts';
import { createReferences } from './topups/reference.ts';
import { bindTopUpRoutes } from './topups/routes.ts';
import { createTopUpService } from './topups/topups.ts';
import { createWebhookHandler } from './webhooks/handler.ts';
import { webhookRoutes } from './webhooks/routes.ts';

export interface TopUpsDeps {
  db: Database;
  clock: Clock;
  secrets: Secrets;
  payments: Payments;
  log: { warn(facts: object, message: string): void };
  onError(error: unknown): void;
}

/** Credit that people buy: top-ups, and the webhooks that move it. */
export interface TopUpsModule {
  routes(app: FastifyInstance): void;
  /** Handles every webhook that is due and resolves when none is. */
  handleDue(): Promise<void>;
  close(): Promise<void>;
}

export async function createTopUps(deps: TopUpsDeps): Promise<TopUpsModule> {
  const references = createReferences(deps.secrets);
  const topUps = createTopUpService({ ...deps, references });
  const handler = await createWebhookHandler({ ...deps, references });
  return {
    routes: (app) => {
      bindTopUpRoutes(app, { ...deps, topUps });
      webhookRoutes(app, deps);
    },
    handleDue: handler.doDue,
    close: handler.close,
  };
}
