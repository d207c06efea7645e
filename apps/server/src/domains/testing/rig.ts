import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Domain, domainRoutes } from '@talkide/contracts';
import { pino } from 'pino';
import { afterAll, vi } from 'vitest';
import { createCustomHosts } from '../../composition/custom-hosts.ts';
import type { Database } from '../../platform/db/index.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { createIdempotencyStore } from '../../platform/http/idempotency-store.ts';
import { createHttpServer } from '../../platform/http/server.ts';
import { createTestCa, type TestCa } from '../../platform/http/testing/test-ca.ts';
import { createVault } from '../../platform/vault.ts';
import { type AcmeServer, type AcmeServerOptions, startAcmeServer } from '../../testing/acme-server.ts';
import { type DnsServer, startDnsServer } from '../../testing/dns-server.ts';
import { bearerClient, createProject, createTenant, type TestClient } from '../../testing/index.ts';
import { TestClock } from '../../testing/people/index.ts';
import { createDomains, type Domains, type DomainsOptions } from '../index.ts';
import { DUE_CHANNEL } from '../store.ts';

export const HERE = '127.0.0.1';

export interface DomainRig {
  domains: Domains;
  dns: DnsServer;
  acme: AcmeServer;
  ca: TestCa;
  clock: TestClock;
  port: number;
  errors: unknown[];
  owner(): Promise<DomainOwner>;
  /** Lets time go by. */
  pass(seconds: number): Promise<void>;
  /** Ends the looking of the first process; what serves goes on. */
  end(): Promise<void>;
  /** Another process on the same database. */
  beside(): Promise<Domains>;
}

export interface DomainOwner extends TestClient {
  tenantId: string;
  projectId: string;
  add(hostname: string): Promise<Domain>;
  list(): Promise<Domain[]>;
  check(id: string): Promise<Domain>;
  remove(id: string): Promise<number>;
  /** Sets what the instructions say. */
  setRecords(domain: Domain): void;
  /** The domain once it stands like this. */
  when(id: string, status: Domain['status'], reason?: Domain['reason']): Promise<Domain>;
}

/** Domains with a DNS server and a certificate authority of their own, behind a server that knows no applications. */
export async function domainRig(
  db: Database,
  changes: Partial<DomainsOptions> & { binding?: AcmeServerOptions['binding'] } = {},
): Promise<DomainRig> {
  const [dns, ca] = await Promise.all([startDnsServer(), createTestCa()]);
  const { binding, ...options } = changes;
  let port = 0;
  const acme = await startAcmeServer({ ca, reach: () => ({ host: HERE, port }), ...(binding ? { binding } : {}) });
  const clock = new TestClock();
  const errors: unknown[] = [];
  const make = () =>
    createDomains({
      ...{ db, clock, vault: createVault({ current: 's'.repeat(32) }) },
      projects: {
        get: async (tx, id) =>
          (await tx.selectFrom('project').select('id').where('id', '=', id).executeTakeFirst()) ?? null,
      },
      place: { host: 'ide.example.net', addresses: [HERE] },
      ports: { http: 80, https: 443 },
      dnsServers: [dns.address],
      acme: { directory: acme.directory, contact: 'op@example.net', binding, pauseMs: { first: 20, longest: 100 } },
      log: pino({ enabled: false }),
      onError: (error) => errors.push(error),
      ...options,
    });
  const domains = make();
  // Whoever works on a name answers for it; the others hear of it a moment later.
  const hosts = [createCustomHosts(domains.directory, 'ide.example.net')];
  const answers = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    for (const one of hosts) if (await one.answers(request, response)) return true;
    return false;
  };
  const people = new Map<string, Caller>();
  const app = await createHttpServer({
    origins: { publicUrl: 'http://ide.example.net', appDomain: 'ide.example.net' },
    ...{ trustProxy: false, logger: pino({ enabled: false }), idempotency: createIdempotencyStore(db) },
    authenticate: async (bearer) => people.get(bearer) ?? null,
    frontDoor: {
      owns: (host) => hosts.some((one) => one.find(host) !== null),
      handle: async (request, response) => {
        if (!(await answers(request, response))) response.end('the application');
      },
      upgrade: (_, socket) => void socket.destroy(),
    },
  });
  domains.routes(app);
  await domains.start();
  await app.listen({ host: HERE, port: 0 });
  port = (app.server.address() as AddressInfo).port;
  await domains.watch();
  afterAll(async () => {
    await domains.close();
    await Promise.all([app.close(), acme.close()]);
    dns.close();
  });
  let count = 0;
  const owner = async (): Promise<DomainOwner> => {
    count += 1;
    const tenant = await createTenant(db, { email: `owner${count}@example.com` });
    const { projectId } = await createProject(db, tenant);
    people.set(tenant.userId, { ...tenant, sessionId: '1', role: 'USER', locale: 'en' });
    return ownerOf(bearerClient(app, tenant.userId), dns, { tenantId: tenant.tenantId, projectId });
  };
  return {
    ...{ domains, dns, acme, ca, clock, port, errors, owner },
    async pass(seconds) {
      clock.pass(seconds);
      await db.system((tx) => db.notify(tx, DUE_CHANNEL, ''));
    },
    end: domains.close,
    async beside() {
      const other = make();
      hosts.push(createCustomHosts(other.directory, 'ide.example.net'));
      await other.start();
      await other.watch();
      afterAll(other.close);
      return other;
    },
  };
}

function ownerOf(
  client: TestClient,
  dns: DnsServer,
  { tenantId, projectId }: { tenantId: string; projectId: string },
): DomainOwner {
  const { call } = client;
  const params = { id: projectId };
  const list = async () => (await call(domainRoutes.listDomains, { params })).body.items;
  return {
    ...{ ...client, tenantId, projectId, list },
    add: async (hostname) => {
      const { status, body } = await call(domainRoutes.addDomain, { params, body: { hostname } });
      if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
      return body;
    },
    check: async (domainId) => (await call(domainRoutes.checkDomain, { params: { ...params, domainId } })).body,
    remove: async (domainId) => (await call(domainRoutes.removeDomain, { params: { ...params, domainId } })).status,
    setRecords: ({ records }) => {
      for (const { type, name, value } of records) dns.set(name, type, value);
    },
    when: (id, status, reason = null) =>
      vi.waitFor(
        async () => {
          const found = (await list()).find((one) => one.id === id);
          if (found?.status !== status || found.reason !== reason || found.checking)
            throw new Error(`stands like this: ${JSON.stringify(found)}`);
          return found;
        },
        { timeout: 20_000, interval: 20 },
      ),
  };
}
