import { lookup } from 'node:dns/promises';
import { egressRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import { createCounters } from './counters.ts';
import { createOutlets } from './outlets.ts';
import { type Destination, onlyThese, type Policy, PUBLIC_WEB } from './policy.ts';
import type { ProxyOptions } from './proxy.ts';
import { listEgress } from './store.ts';

export { isPublic, type Policy } from './policy.ts';

export interface EgressOptions {
  db: Database;
  projects: { get(tx: Tx, projectId: string): Promise<{ id: string } | null> };
  folder: string;
  onError(error: unknown): void;
  /** The machine's own by default. */
  resolve?: ProxyOptions['resolve'];
  /** The public internet by default. */
  policy?: Policy;
}

/** The one way out of sandboxes: per sandbox a proxy that judges, counts and connects. */
export interface Egress {
  routes(app: FastifyInstance): void;
  /** An application's way to the public internet. */
  openForApp(
    id: string,
    owner: { tenantId: string; projectId: string; kind: 'PREVIEW' | 'PUBLISHED' },
  ): Promise<string>;
  /** A way to the given hosts only, to install an application's packages. */
  openForPackages(
    id: string,
    owner: { tenantId: string; projectId: string },
    hosts: readonly Destination[],
  ): Promise<string>;
  closeFor(id: string): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

const systemResolve: ProxyOptions['resolve'] = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

export function createEgress({
  db,
  projects,
  folder,
  onError,
  resolve = systemResolve,
  policy = PUBLIC_WEB,
}: EgressOptions): Egress {
  const counters = createCounters(db, onError);
  const outlets = createOutlets({ folder, counters, resolve });

  return {
    routes(app) {
      bind(app, egressRoutes.listEgress, ({ caller: { tenantId }, params, query }) =>
        db.tenant(tenantId, async (tx) => {
          if (!(await projects.get(tx, params.id))) throw new DomainError('not_found');
          const rows = await listEgress(tx, { tenantId, projectId: params.id }, query.days);
          return { items: rows.map(view) };
        }),
      );
    },
    openForApp: (id, owner) => outlets.open(id, owner, policy),
    openForPackages: (id, owner, hosts) => outlets.open(id, { ...owner, kind: 'PACKAGES' }, onlyThese(hosts)),
    closeFor: outlets.close,
    flush: counters.flush,
    async close() {
      await outlets.closeAll();
      await counters.close();
    },
  };
}

const view = (row: Awaited<ReturnType<typeof listEgress>>[number]) => ({
  host: row.host,
  kind: row.kind,
  requests: Number(row.requests),
  refused: Number(row.refused),
  bytesOut: Number(row.bytes_out),
  bytesIn: Number(row.bytes_in),
  reason: row.reason,
  lastHour: row.last_hour.toISOString(),
});
