import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type Home, HomeError } from '../home.ts';
import {
  createDatabase,
  type Database,
  type DatabaseNews,
  isAnotherAtWork,
  setUpControlPlane,
  setUpDataPlane,
  withDatabase,
} from '../platform/db/index.ts';
import { type KeptPostgres, keepEmbeddedPostgres, type ServerNews } from '../platform/postgres/index.ts';
import { machineMark } from '../platform/process-info.ts';
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
    const controlPlane = nameOf(config.databaseUrl, CONTROL_PLANE);
    const mark = config.databaseUrl ? markOf(home) : undefined;
    // Before anything there is changed, and once more when others are told of us: one of two that start at once sees the other.
    if (mark) await requireSameHome(withDatabase(admin(config.databaseUrl), controlPlane), mark);
    const [control, data] = await Promise.all([
      setUpControlPlane({
        adminUrl: admin(config.databaseUrl),
        database: controlPlane,
        loginPassword: secrets.derive('database', 'talkide_login'),
      }),
      setUpDataPlane({ adminUrl: admin(config.dataplaneUrl), database: nameOf(config.dataplaneUrl, DATA_PLANE) }),
    ]);
    const db = createDatabase({ url: control.url, poolSize: POOL_SIZE, home: mark, onNews: told.onNews });
    if (mark) await sayAndLook(db, control.url, mark);
    const relay = config.dataplaneUrl ? await openPostgresRelay(config.dataplaneUrl, join(socketsDir, 'dp')) : null;
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

/** The folder itself, whatever its path is, on this machine. */
function markOf({ path }: Home): string {
  const { dev, ino } = statSync(path);
  return `${machineMark()} ${dev}:${ino}`;
}

/** Waits until others are told of us, and refuses beside another. */
async function sayAndLook(db: Database, url: string, mark: string): Promise<void> {
  try {
    await db.steadyForMs();
    await requireSameHome(url, mark);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** The code of projects lies in the home: a platform of another would take turns of projects that it has no code of. */
async function requireSameHome(url: string, mark: string): Promise<void> {
  if (!(await isAnotherAtWork(url, mark))) return;
  throw new HomeError(
    'Another TalkIDE, with another home or on another machine, works with this database.',
    'Stop that one first, or give this one a database of its own with TALKIDE_DATABASE_URL. Those that share a database share the home too, on one machine. One whose machine is gone is forgotten within half a minute.',
  );
}

function startEmbedded(home: Home, socketsDir: string, onNews: (news: ServerNews) => void): Promise<KeptPostgres> {
  const options = {
    dataDir: join(home.path, 'postgres'),
    socketDir: join(socketsDir, 'pg'),
    logFile: join(home.path, 'log', 'postgres.log'),
  };
  return keepEmbeddedPostgres(options, onNews);
}
