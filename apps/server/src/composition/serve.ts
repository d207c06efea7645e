import { join } from 'node:path';
import { apiDocs } from '../platform/http/api-docs.ts';
import { watchRequests } from '../platform/http/drain.ts';
import { healthRoutes } from '../platform/http/health.ts';
import { createIdempotencyStore } from '../platform/http/idempotency-store.ts';
import { createMetrics, serveMetrics } from '../platform/http/metrics.ts';
import { createHttpServer } from '../platform/http/server.ts';
import { serveWebApp } from '../platform/http/web-app.ts';
import { createCustomHosts } from './custom-hosts.ts';
import { createFrontDoor } from './front-door.ts';
import { type Ground, repositoryDir } from './ground.ts';
import { listen } from './listen.ts';
import type { People } from './people.ts';
import { openTls } from './tls.ts';
import type { Work } from './work.ts';

export interface Door {
  /** The listening socket of the system, for another process. */
  readonly handle: unknown;
  /** Connections that are in use come to their end; new ones are still accepted. */
  announce(): void;
  /** Accepts no more and lets requests under way end; feeds are closed by the callback, which is called repeatedly. */
  leave(closeFeeds: () => void): Promise<void>;
}

/**
 * Listens: the platform and the applications on one port, the metrics on another. `handle` is a listening socket that a
 * predecessor handed over; connections may wait in it.
 */
export async function serve(ground: Ground, people: People, work: Work, handle?: unknown): Promise<Door> {
  const { config, log, addresses, databases, lifetime, publicUrl } = ground;
  const { apps, hosting } = work;
  const customHosts = createCustomHosts(work.domains.directory, new URL(publicUrl).hostname);
  const tls =
    config.tls && (await openTls({ ...config, log, publicUrl, customHosts, directory: work.domains.directory }));
  const frontDoor = createFrontDoor({
    ...{ addresses, hosting, customHosts, trustProxy: config.trustProxy },
    begin: (id) => apps.begin(id),
    ...{ metrics: work.metrics, uploads: work.uploads },
    firstByteMs: config.appAnswerSeconds * 1000,
    onFailure: (host, kind, error) =>
      log.warn({ host, kind, err: error }, 'A visitor got a page instead of the application'),
  });
  const idempotency = createIdempotencyStore(databases.db);
  if (databases.alone) await idempotency.freeAll();
  const requests = watchRequests();
  const app = await createHttpServer({
    origins: { publicUrl, appDomain: addresses.domain, stripe: config.stripe !== null },
    trustProxy: config.trustProxy,
    logger: log,
    authenticate: people.identity.authenticate,
    idempotency,
    frontDoor,
    requests,
    ...(tls ? { guard: tls.guard, alsoServe: tls.serve } : {}),
  });
  const metrics = createMetrics();
  metrics.observe(app);
  healthRoutes(app, databases.db, () => lifetime.stopping);
  apiDocs(app);
  const { identity, tenancy, operations, topUps, usage } = people;
  const modules = [
    identity,
    tenancy,
    work.projects,
    hosting,
    work.conversations,
    work.gateway,
    work.credit,
    work.data,
    work.metrics,
    work.egress,
    work.uploads,
    work.variables,
    work.domains,
    usage,
    operations,
    topUps,
  ];
  for (const module of [...modules, ground.paymentProvider]) module.routes(app);
  await serveWebApp(app, join(repositoryDir, 'apps', 'web', 'dist'));

  const metricsServer = await listen(
    () => serveMetrics(metrics, config.metricsPort),
    'TALKIDE_METRICS_PORT',
    config.metricsPort,
  );
  lifetime.add(() => metricsServer.close());
  // Fastify passes its options on to Node, which takes a handle instead of an address.
  const where = { host: config.host, port: config.port, ...(handle ? { handle } : {}) };
  await listen(() => app.listen(where), 'TALKIDE_PORT', config.port);
  lifetime.add(() => app.close());
  if (tls) {
    await listen(() => tls.listen(), 'TALKIDE_TLS_PORT', tls.port);
    lifetime.add(tls.close);
  }
  lifetime.add(frontDoor.close);
  return {
    get handle() {
      // Of Node's inside: sent as the server it is, it would accept connections in the process between.
      return (app.server as unknown as { _handle: unknown })._handle;
    },
    announce: requests.announce,
    leave: (closeFeeds) => requests.drain(app.server, closeFeeds),
  };
}
