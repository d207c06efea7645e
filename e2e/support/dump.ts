import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

/** Every row of every table of the platform's databases as text, as a dump would hold it. The platform must run. */
export async function dumpDatabase(home: string): Promise<string> {
  const socket = (await readFile(join(home, 'run', 'database-socket'), 'utf8')).trim();
  const password = (await readFile(join(home, 'postgres', 'admin-password'), 'utf8')).trim();
  const lines: string[] = [];
  for (const database of ['talkide', 'talkide_dataplane']) {
    const client = new Client({ host: socket, database, user: 'talkide_admin', password });
    await client.connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
          where schemaname not in ('pg_catalog', 'information_schema')`,
      );
      for (const { name } of tables) {
        const { rows } = await client.query<{ line: string }>(`select t::text as line from ${name} as t`);
        lines.push(name, ...rows.map((row) => row.line));
      }
    } finally {
      await client.end();
    }
  }
  return lines.join('\n');
}
