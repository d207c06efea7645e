import pg from 'pg';
import { withAccount, withDatabase } from '../platform/db/index.ts';
import { type Secrets, sha256 } from '../platform/secrets.ts';
import { scramVerifier } from './scram.ts';

const NAME_BYTES = 63;

/** `look`: an empty database for the time of one look, so that a half-done change never meets what people entered. */
export type AppEnvironment = 'preview' | 'prod' | 'look';

export interface AppRef {
  tenantId: string;
  /** The slug under which the data was made: `project.data_slug`. */
  slug: string;
}

/**
 * Name of the schema and of the role of an application in one environment. PostgreSQL cuts names at 63 bytes, so a
 * long slug is shortened here and told apart by a hash.
 */
export function schemaName({ tenantId, slug }: AppRef, environment: AppEnvironment): string {
  const wrap = (text: string) => `tk_t${tenantId}_p${text}_${environment}`;
  const excess = wrap(slug).length - NAME_BYTES;
  const name =
    excess <= 0 ? wrap(slug) : wrap(`${slug.slice(0, slug.length - excess - 9)}-${sha256(slug).slice(0, 8)}`);
  if (!/^tk_t\d+_p[a-z0-9-]+_(preview|prod|look)$/.test(name)) throw new Error(`not a schema name: ${name}`);
  return name;
}

/** Databases of applications: a schema and a login role each, in cluster B. */
/** How the platform logs in as an application. */
export interface DataLogin {
  config: pg.ClientConfig;
  /** Ends a connection of the application, which may have used up all of its own, so that it could not do so itself. */
  end(pid: number): Promise<void>;
}

export interface DataPlane {
  /** Makes what is missing and gives the URL as seen from inside a sandbox (Unix socket at /run/postgresql). */
  ensure(app: AppRef, environment: AppEnvironment): Promise<string>;
  /** How the platform itself logs in as an application, with its rights and no more; null when it has no database. */
  login(app: AppRef, environment: AppEnvironment): Promise<DataLogin | null>;
  /** Drops schema, role and credential with all data, also under a running application. */
  drop(app: AppRef, environment: AppEnvironment): Promise<void>;
  /** Drops what belongs to no application: a platform that was killed while it deleted a project, or looked, left it. */
  sweep(apps: () => Promise<readonly AppRef[]>): Promise<void>;
  close(): Promise<void>;
}

export interface DataPlaneOptions {
  adminUrl: string;
  database: string;
  secrets: Secrets;
}

const CONNECTION_LIMIT = 10;
const STATEMENT_TIMEOUT = '30s';
/** An application may be frozen in the middle of a transaction, whose locks must not hold up the next release. */
const IDLE_TRANSACTION_TIMEOUT = '60s';

/** `alone`: no other platform looks, or drops what this one has made. */
export function createDataPlane(options: DataPlaneOptions & { alone: boolean }): DataPlane {
  const { adminUrl, database, secrets, alone } = options;
  const pool = new pg.Pool({ connectionString: adminUrl, max: 2, idleTimeoutMillis: 10_000 });
  // A connection that breaks, idle or in use, is replaced by the pool; without a handler it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const port = new URL(adminUrl).searchParams.get('port') ?? '5432';
  const known = new Set<string>();
  const quote = (name: string) => pg.escapeIdentifier(name);

  const lock = (client: pg.PoolClient, name: string) =>
    client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);

  /** One at a time per role: `create role if not exists` is not to be had. */
  const locked = async (name: string, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await lock(client, name);
      await work(client);
      await client.query('commit');
      client.release();
    } catch (error) {
      // Closed instead of kept: whatever state it is in, the transaction ends with it.
      client.release(true);
      throw error;
    }
  };

  /**
   * The rights on the database are one row that all roles share, and PostgreSQL refuses a change of it beside another
   * ("tuple concurrently updated"). Locked after the role, always, and as late as can be.
   */
  const lockRights = (client: pg.PoolClient) => lock(client, `rights on ${database}`);

  const settings = {
    statement_timeout: STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT,
  };

  /** Whether an earlier process left all of it just as it has to be: one look instead of a transaction of changes. */
  async function isProvisioned(name: string, verifier: string): Promise<boolean> {
    const config = Object.entries(settings).map((entry) => entry.join('='));
    const { rowCount } = await pool.query(
      `select from pg_roles as role
         join dataplane_auth.dataplane_auth_credentials as kept using (rolname)
         join pg_namespace as space on space.nspname = role.rolname
         join pg_db_role_setting as setting on setting.setrole = role.oid
         join pg_database as place on place.oid = setting.setdatabase and place.datname = current_database()
        where role.rolname = $1::text and role.rolcanlogin and role.rolconnlimit = $2 and kept.secret = $3
          and setting.setconfig @> ($4::text[] || ('search_path=' || quote_ident($1))) and has_database_privilege(role.oid, place.oid, 'connect')`,
      [name, CONNECTION_LIMIT, verifier, config],
    );
    return rowCount === 1;
  }

  const provision = (name: string, verifier: string) =>
    locked(name, async (client) => {
      const role = quote(name);
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
      const options = `login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls connection limit ${CONNECTION_LIMIT}`;
      await client.query(
        `${rowCount ? 'alter' : 'create'} role ${role} with ${options} password ${pg.escapeLiteral(verifier)}`,
      );
      const set = `alter role ${role} in database ${quote(database)} set`;
      await client.query(
        [
          `${set} search_path = ${role}`,
          ...Object.entries(settings).map(([name, value]) => `${set} ${name} = '${value}'`),
        ].join('; '),
      );
      await client.query(`create schema if not exists ${role} authorization ${role}`);
      await client.query('delete from dataplane_auth.dataplane_auth_credentials where rolname = $1', [name]);
      await client.query('insert into dataplane_auth.dataplane_auth_credentials (rolname, secret) values ($1, $2)', [
        name,
        verifier,
      ]);
      await lockRights(client);
      await client.query(`grant connect on database ${quote(database)} to ${role}`);
    });

  async function dropByName(name: string): Promise<void> {
    known.delete(name);
    const role = quote(name);
    const exists = async (client: pg.PoolClient) =>
      ((await client.query('select from pg_roles where rolname = $1', [name])).rowCount ?? 0) > 0;
    // Shut out first and by itself, so that an application that runs cannot come back between the next steps.
    await locked(name, async (client) => {
      if (await exists(client)) await client.query(`alter role ${role} nologin`);
    });
    await locked(name, async (client) => {
      await client.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [name]);
      await client.query(`drop schema if exists ${role} cascade`);
      await client.query('delete from dataplane_auth.dataplane_auth_credentials where rolname = $1', [name]);
      if (!(await exists(client))) return;
      await lockRights(client);
      await client.query(`drop owned by ${role}`);
      await client.query(`drop role ${role}`);
    });
  }

  return {
    async ensure(app, environment) {
      const name = schemaName(app, environment);
      const password = secrets.derive('app-database', name);
      if (!alone || !known.has(name)) {
        const verifier = scramVerifier(name, password);
        if (!(await isProvisioned(name, verifier))) await provision(name, verifier);
        known.add(name);
      }
      const host = encodeURIComponent('/run/postgresql');
      return `postgres://${name}:${password}@/${database}?host=${host}&port=${port}`;
    },
    async login(app, environment) {
      const name = schemaName(app, environment);
      const { rowCount } = await pool.query('select from pg_roles where rolname = $1', [name]);
      if (!rowCount) return null;
      // Its password may be of an earlier secret key.
      await this.ensure(app, environment);
      const url = withAccount(adminUrl, name, secrets.derive('app-database', name));
      return {
        config: { connectionString: withDatabase(url, database) },
        end: async (pid) => {
          // The name too: the number may be another's by now.
          await pool.query('select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and usename = $2', [
            pid,
            name,
          ]);
        },
      };
    },
    drop: (app, environment) => dropByName(schemaName(app, environment)),
    async sweep(apps) {
      // The names first: what is made while this runs is not among them.
      const { rows } = await pool.query<{ name: string }>(
        'select nspname as name from pg_namespace where nspname ~ $1',
        [`^tk_t[0-9]+_p.*_(preview|prod${alone ? '|look' : ''})$`],
      );
      if (rows.length === 0) return;
      const used = new Set((await apps()).flatMap((app) => [schemaName(app, 'preview'), schemaName(app, 'prod')]));
      for (const { name } of rows) if (!used.has(name) && !known.has(name)) await dropByName(name);
    },
    close: () => pool.end(),
  };
}
