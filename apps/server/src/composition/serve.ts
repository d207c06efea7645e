import { join } from 'node:path';
import type { Give, Sockets } from '../handover.ts';
import { apiDocs } from '../platform/http/api-docs.ts';
import { watchRequests } from '../platform/http/drain.ts';
import { healthRoutes } from '../platform/http/health.ts';
import { createIdempotencyStore } from '../platform/http/idempotency-store.ts';
import { createMetrics, serveMetrics } from '../platform/http/metrics.ts';
import { createHttpServer } from '../platform/http/server.ts';
import { serveWebApp } from '../platform/http/web-app.ts';
import { othersServe } from '../seats.ts';
import { createCustomHosts } from './custom-hosts.ts';
import { createFrontDoor } from './front-door.ts';
import { type Ground, repositoryDir } from './ground.ts';
import { listen } from './listen.ts';
import type { People } from './people.ts';
import { closeSocket, placeOf, socketOf } from './place.ts';
import { openTls } from './tls.ts';
import type { Work } from './work.ts';

export interface Door {
  /** Gives the listening sockets to another process, one by one. */
  give(give: Give): Promise<void>;
  /** Resolves when connections that were in use have come to their end; new ones are still accepted. */
  announce(): Promise<void>;
  /** Accepts no more and lets requests under way end; feeds are closed by the callback, which is called repeatedly. */
  leave(closeFeeds: () => void): Promise<void>;
}

/**
 * Listens: the platform and the applications on one port and, with TLS, on another, the metrics on a third. `sockets` are
 * those that a predecessor handed over; connections may wait in them.
 */
export async function serve(ground: Ground, people: People, work: Work, sockets: Sockets = {}): Promise<Door> {
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
  if (tls?.server) requests.watchHandshakes(tls.server);
  const metrics = createMetrics();
  metrics.observe(app);
  // Where others can take its visitors, they need not wait for the successor.
  const isLeaving = () => lifetime.leaving && othersServe(ground.home, ground.seat.seat);
  healthRoutes(app, databases.db, () => lifetime.stopping || isLeaving());
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
  const place = await placeOf(config.host, config.port, sockets.http);
  await listen(() => app.listen(place), 'TALKIDE_PORT', config.port);
  lifetime.add(() => app.close());
  if (tls) {
    await listen(() => tls.listen(sockets.https), 'TALKIDE_TLS_PORT', tls.port);
    lifetime.add(tls.close);
  } else closeSocket(sockets.https);
  lifetime.add(frontDoor.close);
  return {
    give: async (give) => {
      await give('http', socketOf(app.server));
      if (tls?.server) await give('https', socketOf(tls.server));
    },
    announce: requests.announce,
    leave: (closeFeeds) => requests.drain(tls?.server ? [app.server, tls.server] : [app.server], closeFeeds),
  };
}
