import { type DataKind, dataRoutes } from '@talkide/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import type { Caller } from '../platform/http/caller.ts';
import { disposition } from '../platform/http/disposition.ts';
import { sendText } from '../platform/http/send-text.ts';
import { type ChangedPlace, type Deed, listChanges, noteChange } from './changes-store.ts';
import { createDataService, type DataPlace } from './service.ts';
import type { Login } from './session.ts';

export interface DataOptions<P> {
  db: Database;
  projects: { get(tx: Tx, projectId: string): Promise<P | null> };
  /** How to log in as the application; null when it has no database. */
  login(project: P, kind: DataKind): Promise<Login | null>;
}

/** The owner's view of what her application keeps: tables, rows, SQL, CSV. Agents have no way here. */
export function createData<P>({ db, projects, login }: DataOptions<P>): { routes(app: FastifyInstance): void } {
  const system = async ({ projectId, kind }: DataPlace) => {
    const project = await db.system((tx) => projects.get(tx, projectId));
    return project && login(project, kind);
  };
  const service = createDataService(system);

  /** The place, where it is the caller's. */
  const place = async ({ tenantId }: Caller, projectId: string, kind: DataKind): Promise<ChangedPlace> => {
    if (!(await db.tenant(tenantId, (tx) => projects.get(tx, projectId)))) throw new DomainError('not_found');
    return { tenantId, projectId, kind };
  };
  const noted = ({ userId }: Caller, at: ChangedPlace) => {
    // What the platform's own database says is not the application's, and not for a person to read.
    const internal = (error: unknown) => {
      throw new DomainError('internal', {}, error);
    };
    return (deed: Deed) => db.tenant(at.tenantId, (tx) => noteChange(tx, at, userId, deed)).catch(internal);
  };

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
        await service.insert(at, noted(caller, at), body.table, body.values);
      });
      bind(app, dataRoutes.updateDataRow, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        if (Object.keys(body.values).length === 0)
          throw new DomainError('bad_request', { reason: 'no value is given' });
        await service.update(at, noted(caller, at), body.table, body, body.values);
      });
      bind(app, dataRoutes.deleteDataRows, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        await service.remove(at, noted(caller, at), body.table, body.rows);
      });
      bind(app, dataRoutes.runDataQuery, async ({ caller, params, body }) => {
        const at = await place(caller, params.id, body.kind);
        return service.query(at, noted(caller, at), body.sql, body.mayChange);
      });
      bind(app, dataRoutes.exportDataQuery, async ({ caller, params, body, request, reply }) => {
        const at = await place(caller, params.id, body.kind);
        await service.queryCsv(at, body.sql, sender(request, reply, 'query'));
      });
      bind(app, dataRoutes.exportDataTable, async ({ caller, params, query, request, reply }) => {
        const at = await place(caller, params.id, query.kind);
        await service.csv(at, query.table, sender(request, reply, query.table));
      });
      bind(app, dataRoutes.listDataChanges, async ({ caller, params, query }) => {
        const at = await place(caller, params.id, query.kind);
        return { items: await db.tenant(at.tenantId, (tx) => listChanges(tx, at)) };
      });
    },
  };
}

const sender = (request: FastifyRequest, reply: FastifyReply, name: string) => (lines: AsyncGenerator<string>) =>
  sendText(request, reply, lines, {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': disposition('attachment', `${name}.csv`),
  });
