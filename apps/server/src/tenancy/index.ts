import type { FastifyInstance } from 'fastify';
import type { Database } from '../platform/db/index.ts';
import { defaultEnvironment, makeTenant } from './tenancy.ts';
import { bindTodoRoutes } from './todos/routes.ts';

/** Tenants: what scopes everything, their environments and their task lists. */
export interface Tenancy {
  makeTenant: typeof makeTenant;
  defaultEnvironment: typeof defaultEnvironment;
  routes(app: FastifyInstance): void;
}

export function createTenancy({ db }: { db: Database }): Tenancy {
  return { makeTenant, defaultEnvironment, routes: (app) => bindTodoRoutes(app, db) };
}
