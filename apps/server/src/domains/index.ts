import { randomBytes } from 'node:crypto';
import { DOMAIN_LIMITS, domainRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import type { Clock } from '../platform/clock.ts';
import { brokenRule, type Database, type Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import type { Vault } from '../platform/vault.ts';
import { accountKey, resealAccounts } from './account.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createDns } from './dns.ts';
import { readHostname } from './hostname.ts';
import { addressRecords, type PublicPlace } from './instructions.ts';
import { type AcmeConfig, createIssuer, type IssuerOptions } from './issuer.ts';
import { createReconciler } from './reconciler.ts';
import { resealCertificates } from './reseal.ts';
import {
  addDomain,
  askForCheck,
  countDomains,
  DUE_CHANNEL,
  isHeldByOther,
  listDomains,
  lockDomains,
  type Owner,
  removeDomain,
} from './store.ts';
import { type PublicPorts, viewDomain } from './view.ts';

export type { Directory } from './directory.ts';
export { bareHost } from './hostname.ts';

export interface DomainsOptions {
  db: Database;
  clock: Clock;
  vault: Vault;
  projects: { get(tx: Tx, projectId: string): Promise<{ id: string } | null> };
  place: PublicPlace;
  ports: PublicPorts;
  /** DNS servers to ask; the machine's when empty. */
  dnsServers: readonly string[];
  /** Null: certificates are up to the operator. */
  acme: (AcmeConfig & Pick<IssuerOptions, 'pauseMs'>) | null;
  log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
  onError(error: unknown): void;
}

/** Hostnames of people for their published applications. */
export interface Domains {
  routes(app: FastifyInstance): void;
  /** Which requests and handshakes are for one. */
  directory: Directory;
  /** Seals anew what an earlier secret key sealed, and learns which hosts are whose: before anything is served. */
  start(): Promise<void>;
  /** Begins to look at what is due: once requests are served, for certificate authorities ask back. */
  watch(): Promise<void>;
  /** Stops; a look that takes longer than three seconds is left to the next process. */
  close(): Promise<void>;
}

export function createDomains(options: DomainsOptions): Domains {
  const { db, clock, vault, projects, place, ports, acme, log, onError } = options;
  const directory = createDirectory({ db, vault, onError });
  const issuer = acme && createIssuer({ ...acme, accountKey: () => accountKey(db, vault, acme.directory) });
  let stop = async () => {};

  const view = (row: Parameters<typeof viewDomain>[0]) => viewDomain(row, place, ports, clock.now());
  const known = async (tx: Tx, projectId: string) => {
    if (!(await projects.get(tx, projectId))) throw new DomainError('not_found');
  };

  /** The hostname, when it can be added; throws the sentence for why not. */
  async function checkName(tenantId: string, typed: string): Promise<string> {
    const hostname = readHostname(typed, place.host);
    if (addressRecords(hostname, place).length === 0) throw new DomainError('domain_unreachable', { hostname });
    if (await db.system((tx) => isHeldByOther(tx, hostname, tenantId)))
      throw new DomainError('domain_taken', { hostname });
    return hostname;
  }

  async function insert(tx: Tx, owner: Owner, userId: string, hostname: string) {
    await lockDomains(tx, owner);
    const count = await countDomains(tx, owner);
    if (Number(count.project) >= DOMAIN_LIMITS.project || Number(count.tenant) >= DOMAIN_LIMITS.tenant)
      throw new DomainError('too_many_domains', DOMAIN_LIMITS);
    const values = { hostname, userId, proofToken: randomBytes(16).toString('hex'), now: clock.now() };
    const row = await addDomain(tx, owner, values).catch((error: unknown) => {
      throw brokenRule(error)?.kind === 'unique' ? new DomainError('domain_added', { hostname }) : error;
    });
    await db.notify(tx, DUE_CHANNEL, '');
    return row;
  }

  return {
    directory,
    routes(app) {
      bind(app, domainRoutes.listDomains, ({ caller: { tenantId }, params }) =>
        db.tenant(tenantId, async (tx) => {
          await known(tx, params.id);
          const rows = await listDomains(tx, { tenantId, projectId: params.id });
          return { items: rows.map(view), certificates: issuer ? ('ACME' as const) : ('OPERATOR' as const) };
        }),
      );
      bind(app, domainRoutes.addDomain, async ({ caller: { tenantId, userId }, params, body, keep }) => {
        const owner = { tenantId, projectId: params.id };
        await db.tenant(tenantId, (tx) => known(tx, params.id));
        const hostname = await checkName(tenantId, body.hostname);
        return db.tenant(tenantId, async (tx) => {
          const domain = view(await insert(tx, owner, userId, hostname));
          await keep(tx, domain);
          return domain;
        });
      });
      bind(app, domainRoutes.checkDomain, ({ caller: { tenantId }, params }) =>
        db.tenant(tenantId, async (tx) => {
          await known(tx, params.id);
          const row = await askForCheck(tx, { tenantId, projectId: params.id }, params.domainId, clock.now());
          if (!row) throw new DomainError('not_found');
          await db.notify(tx, DUE_CHANNEL, '');
          return view(row);
        }),
      );
      bind(app, domainRoutes.removeDomain, ({ caller: { tenantId }, params }) =>
        db.tenant(tenantId, async (tx) => {
          await known(tx, params.id);
          if (!(await removeDomain(tx, { tenantId, projectId: params.id }, params.domainId)))
            throw new DomainError('not_found');
        }),
      );
    },
    async start() {
      await resealCertificates(db, vault, clock);
      await resealAccounts(db, vault);
      await directory.start();
    },
    async watch() {
      const dns = createDns(options.dnsServers);
      const reconciler = await createReconciler({ db, clock, vault, dns, place, directory, issuer, log, onError });
      stop = reconciler.close;
    },
    close: () => stop(),
  };
}
