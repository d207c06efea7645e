import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';

interface Migration {
  name: string;
  text: string;
  digest: string;
}

const folder = new URL('../migrations/', import.meta.url);

/** Brings the database up to date: every file of migrations/ runs once, in the order of names, or none of them. */
export async function migrate(sql: Sql): Promise<void> {
  const migrations = await readMigrations();
  if (pending(migrations, await readApplied(sql)).length === 0) return;
  await sql.begin(async (tx) => {
    // Several copies may start at once, and several applications share one database: one lock per schema.
    await tx`select pg_advisory_xact_lock(hashtext('migrations'), hashtext(current_schema()))`;
    await tx`create table if not exists app_migration (
      name text primary key, digest text not null, applied_at timestamptz not null default now())`;
    const applied = await tx<{ name: string; digest: string }[]>`select name, digest from app_migration`;
    for (const { name, text, digest } of pending(migrations, new Map(applied.map((row) => [row.name, row.digest])))) {
      await tx.unsafe(text).catch((error: Error) => {
        throw new Error(`migrations/${name}: ${error.message}`, { cause: error });
      });
      await tx`insert into app_migration (name, digest) values (${name}, ${digest})`;
    }
  });
}

/** The migrations that have not run yet. One that ran and was edited afterwards is an error. */
export function pending(migrations: Migration[], applied: Map<string, string>): Migration[] {
  return migrations.filter(({ name, digest }) => {
    const known = applied.get(name);
    if (known !== undefined && known !== digest) {
      throw new Error(`migrations/${name} was edited after it ran. Restore it and put the change into a new file.`);
    }
    return known === undefined;
  });
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return { name, text, digest: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

async function readApplied(sql: Sql): Promise<Map<string, string>> {
  const [found] = await sql<{ exists: boolean }[]>`select to_regclass('app_migration') is not null as exists`;
  if (!found?.exists) return new Map();
  const rows = await sql<{ name: string; digest: string }[]>`select name, digest from app_migration`;
  return new Map(rows.map((row) => [row.name, row.digest]));
}
