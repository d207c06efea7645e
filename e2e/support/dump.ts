import { connect } from './database.ts';

/** Every row of every table of the platform's databases as text, as a dump would hold it. The platform must run. */
export async function dumpDatabase(home: string): Promise<string> {
  const lines: string[] = [];
  for (const database of ['talkide', 'talkide_dataplane'] as const) {
    const client = await connect(home, database);
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
