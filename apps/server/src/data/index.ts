import { type DataKind, dataRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { ClientConfig } from 'pg';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import type { Caller } from '../platform/http/caller.ts';
import { sendText } from '../platform/http/send-text.ts';
import { createDataService, type DataPlace } from './service.ts';

export interface DataOptions<P> {
  db: Database;
  projects: { get(tx: Tx, projectId: string): Promise<P | null> };
  /** How to log in as the application; null when it has no database. */
  login(project: P, kind: DataKind): Promise<ClientConfig | null>;
  log: { info(facts: object, text: string): void };
}

/** The owner's view of what her application keeps: tables, rows, SQL, CSV. Agents have no way here. */
export function createData<P>({ db, projects, login, log }: DataOptions<P>): { routes(app: FastifyInstance): void } {
  const system = async ({ projectId, kind }: DataPlace) => {
    const project = await db.system((tx) => projects.get(tx, projectId));
    return project && login(project, kind);
  };
  const service = createDataService(system);

  /** The place, where it is the caller's. */
  const place = async ({ tenantId }: Caller, projectId: string, kind: DataKind): Promise<DataPlace> => {
    if (!(await db.tenant(tenantId, (tx) => projects.get(tx, projectId)))) throw new DomainError('not_found');
    return { projectId, kind };
  };
  const changed = ({ userId }: Caller, at: DataPlace, what: string) =>
    log.info({ userId, ...at, what }, 'An owner changed data of an application');

  return {
    routes(app) {
      bind(app, dataRoutes.listDataTables, async ({ caller, params, query }) => ({
        items: await service.tables(await place(caller, params.id, query.kind)),
      }));
      bind(app, dataRoutes.listDataRows, async ({ caller, params, query }) =>
        service.rows(await place(caller, params.id, query.kind), query),
      );
      bind(app, dataRoutes.insertDataRow, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        await service.insert(at, body.table, body.values);
        changed(caller, at, 'insert');
      });
      bind(app, dataRoutes.updateDataRow, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        if (Object.keys(body.values).length === 0)
          throw new DomainError('bad_request', { reason: 'no value is given' });
        await service.update(at, body.table, body, body.values);
        changed(caller, at, 'update');
      });
      bind(app, dataRoutes.deleteDataRows, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        await service.remove(at, body.table, body.rows);
        changed(caller, at, 'delete');
      });
      bind(app, dataRoutes.runDataQuery, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        const result = await service.query(at, body.sql, body.mayChange);
        if (body.mayChange) changed(caller, at, 'query');
        return result;
      });
      bind(app, dataRoutes.exportDataTable, async ({ caller, params, query, request, reply }) => {
        const at = await place(caller, params.id, query.kind);
        const name = encodeURIComponent(`${query.table}.csv`);
        await service.csv(at, query.table, (lines) =>
          sendText(request, reply, lines, {
            'content-type': 'text/csv; charset=utf-8; header=present',
            'content-disposition': `attachment; filename*=UTF-8''${name}`,
          }),
        );
      });
    },
  };
}
