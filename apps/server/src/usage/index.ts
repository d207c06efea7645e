import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db/index.ts';
import { bindExportRoute } from './export/routes.ts';
import { bindPriceRoutes } from './prices/routes.ts';
import { bindQuoteRoute } from './quote/quote.ts';
import { bindReportRoutes } from './reports/routes.ts';

/** What model calls cost: reports for people and the operator, the quote of a turn, prices of models. */
export interface Usage {
  routes(app: FastifyInstance): void;
}

export function createUsage(deps: { db: Database; clock: Clock }): Usage {
  return {
    routes: (app) => {
      bindReportRoutes(app, deps);
      bindExportRoute(app, deps);
      bindQuoteRoute(app, deps);
      bindPriceRoutes(app, deps);
    },
  };
}
