import { createSecureContext, type SecureContext } from 'node:tls';
import type { Database } from '../platform/db/index.ts';
import type { Vault } from '../platform/vault.ts';
import { openCertificate } from './certificates.ts';
import { bareHost } from './hostname.ts';
import { CHANGE_CHANNEL, findAnswer, readCertificate, readHeld } from './store.ts';

/** A hostname that a tenant holds. */
export interface Held {
  projectId: string;
  /** The published application answers there. */
  active: boolean;
  hasCertificate: boolean;
}

/** The held hostnames, in memory: whether a request is for one is asked about every request and every handshake. */
export interface Directory {
  /** Reads all and follows changes of all processes, until the database is closed. */
  start(): Promise<void>;
  /** Reads a name that was just held, ahead of the announcement: who comes at once for it is not a moment too early. */
  learn(hostname: string): Promise<void>;
  find(host: string | undefined): Held | null;
  /** What a certificate authority is to be answered; null when it asked nothing of this host. */
  answer(host: string | undefined, token: string): Promise<string | null>;
  /** The certificate of a name; null when there is none. */
  secureContext(servername: string): Promise<SecureContext | null>;
}

/** A context is about 50 KB. */
const CONTEXTS = 500;
const TOKEN = /^[\w-]{16,200}$/;

export interface DirectoryOptions {
  db: Database;
  vault: Vault;
  onError(error: unknown): void;
}

export function createDirectory({ db, vault, onError }: DirectoryOptions): Directory {
  let held = new Map<string, Held>();
  const contexts = new Map<string, Promise<SecureContext | null>>();

  const toHeld = (row: Awaited<ReturnType<typeof readHeld>>[number]): Held => ({
    projectId: row.project_id,
    active: row.status === 'ACTIVE',
    hasCertificate: row.has_certificate,
  });
  async function readAll(): Promise<void> {
    const rows = await db.system((tx) => readHeld(tx));
    held = new Map(rows.map((row) => [row.hostname, toHeld(row)]));
    contexts.clear();
  }
  async function readOne(hostname: string): Promise<void> {
    const [row] = await db.system((tx) => readHeld(tx, hostname));
    if (row) held.set(hostname, toHeld(row));
    else held.delete(hostname);
    contexts.delete(hostname);
  }
  // One after the other: what was read first is not written last.
  let reading = Promise.resolve();
  const inTurn = (read: () => Promise<void>): Promise<void> => {
    reading = reading.then(read).catch(onError);
    return reading;
  };

  async function open(hostname: string): Promise<SecureContext | null> {
    const row = await db.system((tx) => readCertificate(tx, hostname));
    if (!row?.certificate) return null;
    const { chain, key } = openCertificate(vault, row, row.certificate);
    return createSecureContext({ cert: chain, key });
  }

  return {
    async start() {
      await db.listen(CHANGE_CHANNEL, (hostname) => void inTurn(() => readOne(hostname)), {
        onReconnect: () => void inTurn(readAll),
      });
      await readAll();
    },
    learn: (hostname) => inTurn(() => readOne(hostname)),
    find: (host) => held.get(bareHost(host)) ?? null,
    async answer(host, token) {
      const hostname = bareHost(host);
      if (!held.has(hostname) || !TOKEN.test(token)) return null;
      return db.system((tx) => findAnswer(tx, hostname, token));
    },
    async secureContext(servername) {
      const hostname = bareHost(servername);
      if (!held.get(hostname)?.hasCertificate) return null;
      const kept = contexts.get(hostname);
      if (kept) return kept;
      const oldest = contexts.keys().next();
      if (contexts.size >= CONTEXTS && !oldest.done) contexts.delete(oldest.value);
      const opening = open(hostname);
      contexts.set(hostname, opening);
      opening.catch(() => contexts.get(hostname) === opening && contexts.delete(hostname));
      return opening;
    },
  };
}
