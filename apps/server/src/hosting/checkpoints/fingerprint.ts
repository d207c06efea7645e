import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { sha256 } from '../../platform/secrets.ts';

/** More relations than this are not looked at one by one: such a database counts as changed. */
const MAX_RELATIONS = 500;

/** Every row of the catalogues that says how something of the schema is made; a change of it is another row version. */
const SHAPE = `
  with space as (select oid from pg_namespace where nspname = $1),
       relation as (select oid, xmin as row_of from pg_class where relnamespace in (select oid from space))
  select 'relation ' || oid || ' ' || row_of from relation
  union all select 'column ' || attrelid || ' ' || attnum || ' ' || xmin from pg_attribute where attrelid in (select oid from relation)
  union all select 'default ' || oid || ' ' || xmin from pg_attrdef where adrelid in (select oid from relation)
  union all select 'index ' || indexrelid || ' ' || xmin from pg_index where indrelid in (select oid from relation)
  union all select 'trigger ' || oid || ' ' || xmin from pg_trigger where tgrelid in (select oid from relation)
  union all select 'rule ' || oid || ' ' || xmin from pg_rewrite where ev_class in (select oid from relation)
  union all select 'policy ' || oid || ' ' || xmin from pg_policy where polrelid in (select oid from relation)
  union all select 'constraint ' || oid || ' ' || xmin from pg_constraint where connamespace in (select oid from space)
  union all select 'function ' || oid || ' ' || xmin from pg_proc where pronamespace in (select oid from space)
  union all select 'type ' || oid || ' ' || xmin from pg_type where typnamespace in (select oid from space)
  union all select 'label ' || label.oid || ' ' || label.xmin from pg_enum as label join pg_type as type on type.oid = enumtypid
             where typnamespace in (select oid from space)`;

/**
 * What a database looks like by the versions of its rows, not by what is in them: equal means that nothing was committed
 * in between, a difference may mean nothing. PostgreSQL's counters would be cheaper, but come up to ten seconds late.
 * Logs in as the application: what its tables call runs with its rights and no more.
 */
export async function fingerprint(config: pg.ClientConfig, schema: string): Promise<string> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  await client.connect();
  try {
    // What policies would hide counts too.
    await client.query(
      'begin isolation level repeatable read read only; set local row_security = off; set local statement_timeout = 10000',
    );
    const shape = await client.query<string[]>({ text: SHAPE, values: [schema], rowMode: 'array' });
    const relations = await client.query<{ name: string; kind: string }>(
      `select relname as name, relkind as kind from pg_class
        where relnamespace = (select oid from pg_namespace where nspname = $1) and relkind in ('r', 'm', 'S') and relispopulated order by oid`,
      [schema],
    );
    if (relations.rows.length > MAX_RELATIONS) return randomUUID();
    const rows: string[] = [];
    for (const relation of relations.rows) rows.push(await rowsOf(client, schema, relation));
    return sha256(JSON.stringify([shape.rows.flat().sort(), rows]));
  } finally {
    await client.end();
  }
}

async function rowsOf(client: pg.Client, schema: string, { name, kind }: { name: string; kind: string }) {
  const from = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
  const text =
    kind === 'S'
      ? `select last_value || ' ' || is_called as sum from ${from}`
      : `select count(*) || ' ' || coalesce(bit_xor(pg_catalog.hashtidextended(ctid, xmin::text::bigint)), 0) as sum from ${from}`;
  return (await client.query<{ sum: string }>(text)).rows[0]?.sum ?? '';
}
