import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/**
 * `talkide_owner` owns the schema and runs the migrations; `talkide_login` is whom the application connects as, with
 * no right of its own but to become `talkide_tenant` or `talkide_system`. `talkide_provisioner` makes the roles and
 * schemas of user apps; `talkide_pgbouncer` may ask for their verifiers. None of them passes by row-level security.
 */
const ROLES = {
  controlPlane: ['talkide_owner', 'talkide_tenant', 'talkide_system', 'talkide_login'],
  dataPlane: ['talkide_owner', 'talkide_provisioner', 'talkide_pgbouncer'],
};

const ATTRIBUTES: Record<string, string> = {
  talkide_login: 'login noinherit',
  talkide_provisioner: 'nologin createrole',
};

export interface PrepareOptions {
  /** An account that may create roles and databases; any database of the server. */
  adminUrl: string;
  plane: 'controlPlane' | 'dataPlane';
  database: string;
  /** The password of `talkide_login`. */
  loginPassword?: string;
}

/**
 * Roles are the server's, and a lock is a database's: who prepares another database there at the same moment is told so by
 * an error (of a unique index, an object that is there, a row that was just changed).
 */
const MET_ANOTHER = new Set(['23505', '42710', 'XX000']);
const ATTEMPTS = 10;

/** Creates the roles and the database where they are missing. Changes nothing when a mark says that all is there. */
export async function prepareDatabase(options: PrepareOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await prepareOnce(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !MET_ANOTHER.has((error as { code?: string }).code ?? '')) throw error;
      await delay(attempt * 20);
    }
  }
}

async function prepareOnce(options: PrepareOptions): Promise<void> {
  const client = new Client({ connectionString: options.adminUrl, application_name: 'talkide-prepare' });
  await client.connect();
  try {
    if (await isPrepared(client, options)) return;
    await client.query("select pg_advisory_lock(hashtextextended('talkide_prepare', 0))");
    if (await isPrepared(client, options)) return;
    for (const role of ROLES[options.plane]) await createRole(client, role);
    if (options.loginPassword) await setLoginPassword(client, options.loginPassword);
    await createDatabase(client, options.database);
    for (const statement of grants(options)) await client.query(statement);
    await client.query(`comment on database ${escapeIdentifier(options.database)} is ${escapeLiteral(mark(options))}`);
  } finally {
    await client.end();
  }
}

const setLoginPassword = (client: Client, password: string) =>
  client.query(`alter role talkide_login password ${escapeLiteral(password)}`);

/** Gives the application's account its password again where another one is set (the platform's secret was replaced). */
export async function ensureLogin(url: string, adminUrl: string, password: string): Promise<void> {
  if (await mayLogIn(url)) return;
  const client = new Client({ connectionString: adminUrl, application_name: 'talkide-prepare' });
  await client.connect();
  await setLoginPassword(client, password).finally(() => client.end());
}

async function mayLogIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false;
    throw error;
  } finally {
    await client.end();
  }
}

function grants({ plane, database }: PrepareOptions): string[] {
  const name = escapeIdentifier(database);
  const common = [`revoke all on database ${name} from public`];
  if (plane === 'dataPlane') {
    return [
      ...common,
      `grant connect, create on database ${name} to talkide_provisioner with grant option`,
      `grant connect on database ${name} to talkide_pgbouncer`,
    ];
  }
  return [
    ...common,
    'grant talkide_system to current_user',
    'grant talkide_tenant, talkide_system to talkide_login with inherit false, set true',
    "alter role talkide_login set idle_in_transaction_session_timeout = '60s'",
    "alter role talkide_login set lock_timeout = '10s'",
    `grant connect on database ${name} to talkide_login`,
    `grant create on database ${name} to talkide_system`,
  ];
}

const mark = (options: PrepareOptions): string =>
  `talkide ${createHash('sha256')
    .update(JSON.stringify([ROLES, ATTRIBUTES, grants(options)]))
    .digest('hex')}`;

async function isPrepared(client: Client, options: PrepareOptions): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from pg_database where datname = $1 and shobj_description(oid, 'pg_database') = $2
       and (select count(*) from pg_roles where rolname = any ($3)) = $4`,
    [options.database, mark(options), ROLES[options.plane], ROLES[options.plane].length],
  );
  return rowCount === 1;
}

async function createRole(client: Client, role: string): Promise<void> {
  const attributes = ATTRIBUTES[role] ?? 'nologin';
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  await client.query(`${rowCount ? 'alter' : 'create'} role ${role} ${attributes} nosuperuser nobypassrls`);
}

async function createDatabase(client: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  await client.query('grant talkide_owner to current_user');
  if (rowCount) await client.query(`alter database ${name} owner to talkide_owner`);
  else await client.query(`create database ${name} owner talkide_owner template template0 encoding 'UTF8'`);
}
