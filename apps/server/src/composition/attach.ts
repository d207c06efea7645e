import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { createDatabase, type Database, withAccount, withDatabase } from '../platform/db/index.ts';
import { createSecrets, loadSecretKey } from '../platform/secrets.ts';

export const CONTROL_PLANE = 'talkide';

/** There is no platform whose database a tool could use. */
export class NotRunning extends Error {
  override readonly name = 'NotRunning';
}

const noteFile = (home: string) => join(home, 'run', 'database-socket');

/** Says where the embedded database of a home listens, for tools beside the platform. */
export const noteSocket = (home: string, socketDir: string): Promise<void> =>
  writeFile(noteFile(home), socketDir, { mode: 0o600 });

/** The database of the platform with this configuration, for tools that run beside it. */
export async function attachDatabase(config: Config): Promise<Database> {
  if (!config.secretKey && !existsSync(join(config.home, 'secret.key'))) {
    throw new NotRunning(`There is no TalkIDE in ${config.home}. Set TALKIDE_HOME to its data folder.`);
  }
  const secrets = createSecrets(config.secretKey ?? (await loadSecretKey(config.home)));
  const url = withAccount(await serverUrl(config), 'talkide_login', secrets.derive('database', 'talkide_login'));
  return createDatabase({ url, poolSize: 2 });
}

async function serverUrl({ databaseUrl, home }: Config): Promise<string> {
  if (databaseUrl) return withDatabase(databaseUrl, new URL(databaseUrl).pathname.slice(1) || CONTROL_PLANE);
  const socketDir = await readFile(noteFile(home), 'utf8').catch(() => '');
  if (!existsSync(join(socketDir, '.s.PGSQL.5432'))) {
    throw new NotRunning(`TalkIDE does not run on ${home}, so its database is away. Start it, then try again.`);
  }
  return `postgresql://localhost:5432/${CONTROL_PLANE}?host=${encodeURIComponent(socketDir)}`;
}
