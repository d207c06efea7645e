import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

export class MigrationError extends Error {
  readonly code: 'MIGRATION_CHANGED' | 'MIGRATION_MISSING' | 'MIGRATION_FAILED';
  readonly mend: string;

  constructor(code: MigrationError['code'], message: string, mend: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
    this.code = code;
    this.mend = mend;
  }
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings a database to the newest schema and returns the names of the files it applied, each in a transaction of its
 * own as `talkide_owner`. Platforms that start at once wait for each other.
 */
export async function migrate(adminUrl: string, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = new Client({ connectionString: adminUrl, application_name: 'talkide-migrate' });
  await client.connect();
  try {
    await client.query("set role talkide_owner; select pg_advisory_lock(hashtextextended('talkide_migrate', 0))");
    const pending = unapplied(migrations, await readApplied(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readApplied(client: Client): Promise<Map<string, string>> {
  const exists = await client.query("select to_regclass('public.schema_migration') is not null as yes");
  if (!exists.rows[0]?.yes) {
    await client.query(
      `create table public.schema_migration (
         name text primary key, checksum text not null, applied_at timestamptz not null default now())`,
    );
  }
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migration',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** The files still to apply; refuses a history that differs from what the database has seen. */
export function unapplied(migrations: Migration[], applied: Map<string, string>): Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  for (const name of applied.keys()) {
    if (known.has(name)) continue;
    throw new MigrationError(
      'MIGRATION_MISSING',
      `The database has the migration ${name}, which this release does not know: it was used by a newer release.`,
      'Start that newer release, or restore a backup made before it.',
    );
  }
  const pending = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, checksum } of migrations) {
    const seen = applied.get(name);
    if (seen === undefined || seen === checksum) continue;
    throw new MigrationError(
      'MIGRATION_CHANGED',
      `The migration ${name} was changed after it had been applied to this database.`,
      'Restore the file as it was released and put the change into a new migration.',
    );
  }
  return pending;
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('set local role talkide_owner');
    await client.query('insert into schema_migration (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (cause) {
    throw new MigrationError(
      'MIGRATION_FAILED',
      `The migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      'The database is as it was before that file. Mend the cause and start again.',
      { cause },
    );
  }
}
