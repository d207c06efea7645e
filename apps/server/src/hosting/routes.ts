import { readFile } from 'node:fs/promises';
import { Id, versionRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import { decodeCursor, toPage } from '../platform/http/cursor.ts';
import { readAppLog, readWholeLog } from './app-log.ts';
import type { ReleaseKind } from './app-spec.ts';
import type { Launcher } from './launcher.ts';
import type { ProjectsPort } from './ports.ts';
import type { Publisher } from './publish.ts';
import { readPublished } from './published-releases.ts';
import { readBuilds, readReleases } from './views.ts';

export interface HostingRoutes {
  db: Database;
  projects: ProjectsPort;
  buildLogFile(buildId: string): string;
  publisher: Publisher;
  launcher: Launcher;
}

export function hostingRoutes(
  app: FastifyInstance,
  { db, projects, buildLogFile, publisher, launcher }: HostingRoutes,
): void {
  const known = async (tx: Tx, projectId: string) => {
    if (!(await projects.get(tx, projectId))) throw new DomainError('not_found');
  };
  const below = (cursor: string | undefined) => {
    if (cursor === undefined) return undefined;
    const id = Id.safeParse(decodeCursor(cursor, 1)[0]);
    if (!id.success) throw new DomainError('bad_request', { reason: 'the cursor is not one of ours' });
    return id.data;
  };

  bind(app, versionRoutes.listBuilds, async ({ params, query, caller }) =>
    db.tenant(caller.tenantId, async (tx) => {
      await known(tx, params.id);
      const rows = await readBuilds(tx, caller.tenantId, params.id, query.limit + 1, below(query.cursor));
      return toPage(
        rows,
        query.limit,
        (build) => [build.id],
        (build) => build,
      );
    }),
  );

  bind(app, versionRoutes.buildLog, async ({ params, caller, reply }) => {
    const row = await db.tenant(caller.tenantId, (tx) =>
      tx
        .selectFrom('build')
        .select(['id', 'output_log'])
        .where('tenant_id', '=', caller.tenantId)
        .where('id', '=', params.id)
        .executeTakeFirst(),
    );
    if (!row) throw new DomainError('not_found');
    reply.type('text/plain; charset=utf-8');
    return readFile(buildLogFile(row.id), 'utf8').catch(() => row.output_log ?? '');
  });

  bind(app, versionRoutes.listReleases, async ({ params, query, caller }) =>
    db.tenant(caller.tenantId, async (tx) => {
      await known(tx, params.id);
      const rows = await readReleases(tx, caller.tenantId, params.id, query.limit + 1, below(query.cursor));
      return toPage(
        rows,
        query.limit,
        (release) => [release.id],
        (release) => release,
      );
    }),
  );

  /** The log of the newest release of a kind; null when there is none. */
  const appLogFile = async (tenantId: string, projectId: string, kind: ReleaseKind) => {
    const release = await db.tenant(tenantId, async (tx) => {
      await known(tx, projectId);
      return tx
        .selectFrom('release')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('project_id', '=', projectId)
        .where('kind', '=', kind)
        .orderBy('id', 'desc')
        .executeTakeFirst();
    });
    return release ? launcher.logFile(release.id) : null;
  };
  bind(app, versionRoutes.releaseLog, async ({ params, query, caller }) => {
    const file = await appLogFile(caller.tenantId, params.id, query.kind);
    return file ? readAppLog(file, query.search) : { log: '', hasOlder: false };
  });
  bind(app, versionRoutes.wholeReleaseLog, async ({ params, query, caller, reply }) => {
    const file = await appLogFile(caller.tenantId, params.id, query.kind);
    reply.type('text/plain; charset=utf-8');
    return file ? readWholeLog(file) : '';
  });

  bind(app, versionRoutes.publish, ({ params, body, caller, keep }) =>
    publisher.publish({ ...caller, projectId: params.id }, keep, body),
  );
  bind(app, versionRoutes.publishPlan, ({ params, query, caller }) =>
    publisher.plan(caller.tenantId, params.id, query.versionNumber),
  );
  bind(app, versionRoutes.listPublished, async ({ params, caller }) =>
    db.tenant(caller.tenantId, async (tx) => {
      await known(tx, params.id);
      return { items: await readPublished(tx, { tenantId: caller.tenantId, projectId: params.id }) };
    }),
  );
  bind(app, versionRoutes.rollBack, ({ params, caller, keep }) =>
    publisher.rollBack({ ...caller, projectId: params.id }, keep, params.releaseId),
  );
  bind(app, versionRoutes.unpublish, ({ params, caller }) => publisher.unpublish(caller.tenantId, params.id));
}
