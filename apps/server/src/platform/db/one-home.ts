import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** First key of the advisory lock that platforms at work hold together; its second key stands for their home. */
const AT_WORK = 0x746b_0001;

/** A machine that vanished is thought to be at work for half a minute, not for the two hours of most systems. */
const KEEP_ALIVE = { tcp_keepalives_idle: 10, tcp_keepalives_interval: 5, tcp_keepalives_count: 4 };

const numberOf = (home: string): number => createHash('sha256').update(home).digest().readUInt32BE() >>> 1;

/** Says, for as long as the connection lasts, that a platform of this home works with the database. */
export async function sayAtWork(client: Client, home: string): Promise<void> {
  for (const [name, value] of Object.entries(KEEP_ALIVE)) await client.query(`set ${name} = ${value}`);
  await client.query('select pg_advisory_lock_shared($1, $2)', [AT_WORK, numberOf(home)]);
}

/** Whether a platform of another home works with this database. */
export async function isAnotherAtWork(url: string, home: string): Promise<boolean> {
  const client = new Client({ connectionString: url, application_name: 'talkide-prepare' });
  try {
    await client.connect();
    const { rowCount } = await client.query(
      `select from pg_locks join pg_database on pg_database.oid = pg_locks.database
        where datname = current_database() and locktype = 'advisory' and classid = $1 and objid <> $2 and granted`,
      [AT_WORK, numberOf(home)],
    );
    return rowCount !== 0;
  } catch (error) {
    if ((error as { code?: string }).code === NO_SUCH_DATABASE) return false;
    throw error;
  } finally {
    await client.end();
  }
}

const NO_SUCH_DATABASE = '3D000';
