import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Home } from '../home.ts';
import {
  createDatabase,
  type Database,
  type DatabaseNews,
  setUpControlPlane,
  setUpDataPlane,
} from '../platform/db/index.ts';
import { type KeptPostgres, keepEmbeddedPostgres, type ServerNews } from '../platform/postgres/index.ts';
import type { Secrets } from '../platform/secrets.ts';
import { CONTROL_PLANE, noteSocket } from './attach.ts';
import { openPostgresRelay } from './postgres-relay.ts';

export interface Databases {
  db: Database;
  dataPlane: { adminUrl: string; database: string };
  /** Folder of the socket that leads to the data plane, which applications are shown. */
  socketDir: string;
  /** No other process uses the database: it is embedded in this home. */
  alone: boolean;
  close(): Promise<void>;
}

const DATA_PLANE = 'talkide_dataplane';
const POOL_SIZE = 12;

/** Starts PostgreSQL where no other is configured, migrates both planes and opens the pool. */
export async function openDatabases(
  config: Config,
  home: Home,
  socketsDir: string,
  secrets: Secrets,
  told: { onNews(news: DatabaseNews): void; onServerNews(news: ServerNews): void },
): Promise<Databases> {
  const embedded =
    config.databaseUrl && config.dataplaneUrl ? undefined : await startEmbedded(home, socketsDir, told.onServerNews);
  try {
    if (embedded) await noteSocket(home.path, embedded.socketDir);
    const admin = (url: string | undefined) => url ?? embedded?.adminUrl('postgres') ?? '';
    const nameOf = (url: string | undefined, fallback: string) =>
      (url ? new URL(url).pathname.slice(1) : '') || fallback;
    const [control, data] = await Promise.all([
      setUpControlPlane({
        adminUrl: admin(config.databaseUrl),
        database: nameOf(config.databaseUrl, CONTROL_PLANE),
        loginPassword: secrets.derive('database', 'talkide_login'),
      }),
      setUpDataPlane({ adminUrl: admin(config.dataplaneUrl), database: nameOf(config.dataplaneUrl, DATA_PLANE) }),
    ]);
    const relay = config.dataplaneUrl ? await openPostgresRelay(config.dataplaneUrl, join(socketsDir, 'dp')) : null;
    const db = createDatabase({ url: control.url, poolSize: POOL_SIZE, onNews: told.onNews });
    return {
      db,
      dataPlane: { adminUrl: data.adminUrl, database: nameOf(config.dataplaneUrl, DATA_PLANE) },
      socketDir: relay?.folder ?? embedded?.socketDir ?? '',
      alone: !config.databaseUrl,
      close: async () => {
        await db.close();
        await relay?.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

function startEmbedded(home: Home, socketsDir: string, onNews: (news: ServerNews) => void): Promise<KeptPostgres> {
  const options = {
    dataDir: join(home.path, 'postgres'),
    socketDir: join(socketsDir, 'pg'),
    logFile: join(home.path, 'log', 'postgres.log'),
  };
  return keepEmbeddedPostgres(options, onNews);
}
