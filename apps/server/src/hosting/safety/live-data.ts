import pg from 'pg';
import { withAccount } from '../../platform/db/index.ts';
import { sha256 } from '../../platform/secrets.ts';
import { type AppRef, type DataPlaneOptions, schemaName } from '../data-plane.ts';
import { postgresEnv } from './postgres-env.ts';

/** The published database of an application, as publishing looks at it. */
export interface LiveData {
  serverMajor(): Promise<number>;
  /** Its name, and how its own role reaches it with PostgreSQL's tools. */
  connection(app: AppRef): { name: string; database: string; env: Record<string, string> };
  isEmpty(app: AppRef): Promise<boolean>;
  /** Names and digests of the migrations that it has run. */
  applied(app: AppRef): Promise<Map<string, string>>;
  /** Ends transactions of connections that were opened since: those of a release that did not come up. */
  endTransactions(app: AppRef, since: Date): Promise<void>;
  now(): Promise<Date>;
  /** Puts an empty schema in the place of this one and fills it in one transaction; when that fails, the old one is back. */
  replace(app: AppRef, fill: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

const TERMINATE_MS = 5000;

export function createLiveData({ adminUrl, database, secrets }: DataPlaneOptions): LiveData {
  const pool = new pg.Pool({ connectionString: adminUrl, max: 2, idleTimeoutMillis: 10_000 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const nameOf = (app: AppRef) => schemaName(app, 'prod');
  const passwordOf = (name: string) => secrets.derive('app-database', name);
  const quote = pg.escapeIdentifier;

  async function inTransaction(statements: readonly string[]): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      for (const statement of statements) await client.query(statement);
      await client.query('commit');
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  const exists = async (schema: string): Promise<boolean> =>
    (await pool.query('select from pg_namespace where nspname = $1', [schema])).rowCount === 1;

  async function isEmpty(app: AppRef): Promise<boolean> {
    const { rowCount } = await pool.query(
      `select from pg_class join pg_namespace on pg_namespace.oid = relnamespace where nspname = $1 limit 1`,
      [nameOf(app)],
    );
    return rowCount === 0;
  }

  return {
    async serverMajor() {
      const { rows } = await pool.query<{ number: string }>('select current_setting($1) as number', [
        'server_version_num',
      ]);
      return Math.floor(Number(rows[0]?.number) / 10_000);
    },
    connection(app) {
      const name = nameOf(app);
      return { name, database, env: postgresEnv({ adminUrl, database, name, password: passwordOf(name) }) };
    },
    isEmpty,
    async applied(app) {
      const name = nameOf(app);
      // As the application's own role: what is asked may be a view of its making, which must not run with more rights.
      const client = new pg.Client({ connectionString: withAccount(adminUrl, name, passwordOf(name)) });
      client.on('error', () => {});
      await client.connect();
      try {
        const { rows } = await client.query<{ name: string; digest: string }>('select name, digest from app_migration');
        return new Map(rows.map((row) => [row.name, row.digest]));
      } catch (error) {
        // No such table, or one of the application's own making.
        if (/^42/.test((error as { code?: string }).code ?? '')) return new Map();
        throw error;
      } finally {
        await client.end();
      }
    },
    async now() {
      const { rows } = await pool.query<{ now: Date }>('select clock_timestamp() as now');
      return rows[0]?.now ?? new Date();
    },
    async endTransactions(app, since) {
      await pool.query(
        `select pg_terminate_backend(pid, $3) from pg_stat_activity
         where usename = $1 and backend_start >= $2 and xact_start is not null`,
        [nameOf(app), since, TERMINATE_MS],
      );
    },
    async replace(app, fill) {
      const name = quote(nameOf(app));
      const aside = `tk_old_${sha256(nameOf(app)).slice(0, 24)}`;
      const old = quote(aside);
      // Filling is one transaction. Where nothing is in the new schema, a process died before, and what stands aside is the
      // data of before still.
      const isUnfilled = (await exists(aside)) && (await isEmpty(app));
      await inTransaction([
        ...(isUnfilled
          ? [`drop schema ${name} cascade`]
          : [`drop schema if exists ${old} cascade`, `alter schema ${name} rename to ${old}`]),
        `create schema ${name} authorization ${name}`,
      ]);
      try {
        await fill();
      } catch (error) {
        await inTransaction([`drop schema ${name} cascade`, `alter schema ${old} rename to ${name}`]);
        throw error;
      }
      await pool.query(`drop schema ${old} cascade`);
    },
    close: () => pool.end(),
  };
}
