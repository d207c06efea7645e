import pg from 'pg';
import { withAccount, withDatabase } from '../../platform/db/index.ts';
import { sha256 } from '../../platform/secrets.ts';
import { type AppRef, type DataPlaneOptions, schemaName } from '../data-plane.ts';
import { postgresEnv } from '../safety/postgres-env.ts';
import { fingerprint } from './fingerprint.ts';

/** The preview's database of an application, as checkpoints look at it. */
export interface PreviewDatabase {
  /** Its name, and how its own role reaches it with PostgreSQL's tools. */
  connection(app: AppRef): { name: string; database: string; env: Record<string, string> };
  /** What it takes on disk; null when there is nothing in it. */
  bytes(app: AppRef): Promise<number | null>;
  /** Equal as long as nothing is changed in it. */
  fingerprint(app: AppRef): Promise<string>;
  /** The mark of the last `exchange` that came to its end. */
  mark(app: AppRef): Promise<string | null>;
  /** Goes back to what stood before an exchange that a dead process began and did not end. */
  recover(app: AppRef): Promise<void>;
  /**
   * Puts an empty database in the place of this one, fills it and leaves a mark: all of it, or the old one is back. Nothing of
   * the application may run meanwhile.
   */
  exchange(app: AppRef, mark: string, fill: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export function createPreviewDatabase({ adminUrl, database, secrets }: DataPlaneOptions): PreviewDatabase {
  const pool = new pg.Pool({ connectionString: adminUrl, max: 2, idleTimeoutMillis: 10_000 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const nameOf = (app: AppRef) => schemaName(app, 'preview');
  const passwordOf = (name: string) => secrets.derive('app-database', name);
  const quote = pg.escapeIdentifier;
  /** Where the database of before waits for the end of an exchange. */
  const asideOf = (app: AppRef) => `tk_aside_${sha256(nameOf(app)).slice(0, 24)}`;

  const exists = async (name: string) =>
    (await pool.query('select from pg_namespace where nspname = $1', [name])).rowCount === 1;

  async function inTransaction(statements: readonly string[]): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query(['begin', ...statements, 'commit'].join('; '));
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async function recover(app: AppRef): Promise<void> {
    const [name, aside] = [nameOf(app), asideOf(app)];
    if (!(await exists(aside))) return;
    // A tool of the dead process may still be filling it.
    await pool.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [name]);
    await inTransaction([
      `drop schema if exists ${quote(name)} cascade`,
      `alter schema ${quote(aside)} rename to ${quote(name)}`,
    ]);
  }

  return {
    connection(app) {
      const name = nameOf(app);
      return { name, database, env: postgresEnv({ adminUrl, database, name, password: passwordOf(name) }) };
    },
    async bytes(app) {
      const { rows } = await pool.query<{ bytes: string | null }>(
        `select sum(pg_total_relation_size(pg_class.oid)) as bytes
           from pg_class join pg_namespace on pg_namespace.oid = relnamespace
          where nspname = $1 and relkind in ('r', 'm', 'S')`,
        [nameOf(app)],
      );
      return rows[0]?.bytes == null ? null : Number(rows[0].bytes);
    },
    fingerprint(app) {
      const name = nameOf(app);
      const connectionString = withDatabase(withAccount(adminUrl, name, passwordOf(name)), database);
      return fingerprint({ connectionString }, name);
    },
    async mark(app) {
      const { rows } = await pool.query<{ mark: string | null }>(
        `select obj_description(oid, 'pg_namespace') as mark from pg_namespace where nspname = $1`,
        [nameOf(app)],
      );
      return rows[0]?.mark ?? null;
    },
    recover,
    async exchange(app, mark, fill) {
      const [name, aside] = [quote(nameOf(app)), quote(asideOf(app))];
      await pool.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [
        nameOf(app),
      ]);
      await inTransaction([`alter schema ${name} rename to ${aside}`, `create schema ${name} authorization ${name}`]);
      try {
        await fill();
        await inTransaction([`drop schema ${aside} cascade`, `comment on schema ${name} is ${pg.escapeLiteral(mark)}`]);
      } catch (error) {
        await recover(app);
        throw error;
      }
    },
    close: () => pool.end(),
  };
}
