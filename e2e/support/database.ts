import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** The embedded database of a running platform, as its administrator; closed by the caller. */
export async function connect(home: string, database: 'talkide' | 'talkide_dataplane'): Promise<Client> {
  const host = (await readFile(join(home, 'run', 'database-socket'), 'utf8')).trim();
  const password = (await readFile(join(home, 'postgres', 'admin-password'), 'utf8')).trim();
  const client = new Client({ host, database, user: 'talkide_admin', password });
  // The server may be killed: what was asked then is told of it, nobody else.
  client.on('error', () => {});
  await client.connect();
  return client;
}
