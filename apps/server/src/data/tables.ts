import type { DataTable } from '@talkide/contracts';
import type pg from 'pg';

/** Where applications of our stacks note the migrations that they have run: an edit there would break their next start. */
const BOOKKEEPING = 'app_migration';

/** Tables and views in the application's own schema, which is the first of its search path. */
const TABLES = `
  select c.relname as name, case when c.relkind in ('r', 'p') then 'TABLE' else 'VIEW' end as kind,
         case when c.reltuples < 0 then null else c.reltuples end as rows,
         pg_total_relation_size(c.oid) as bytes,
         exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) and c.relkind in ('r', 'p') as editable,
         (select coalesce(json_agg(json_build_object(
              'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', not a.attnotnull,
              'hasDefault', a.atthasdef or a.attidentity <> '', 'generated', a.attgenerated <> '' or a.attidentity = 'a',
              'key', (select array_position(i.indkey::int2[], a.attnum) + 1 from pg_index i
                       where i.indrelid = c.oid and i.indisprimary),
              'references', (select json_build_object('table', f.relname, 'column', fa.attname)
                               from pg_constraint k join pg_class f on f.oid = k.confrelid
                               join pg_attribute fa on fa.attrelid = f.oid and fa.attnum = k.confkey[1]
                              where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] limit 1))
              order by a.attnum), '[]')
            from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c
   where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
     and c.relname <> '${BOOKKEEPING}' and ($1::text is null or c.relname = $1)
   order by c.relname
   limit 500`;

type Row = Record<'name' | 'kind' | 'bytes' | 'columns', string> & { rows: string | null; editable: string };

/** Everything the application keeps data in; with a name, that one. */
export async function readTables(client: pg.Client, name: string | null = null): Promise<DataTable[]> {
  const { rows } = await client.query<Row>(TABLES, [name]);
  return rows.map((row) => ({
    name: row.name,
    kind: row.kind === 'TABLE' ? 'TABLE' : 'VIEW',
    rows: row.rows === null ? null : Number(row.rows),
    bytes: Number(row.bytes),
    editable: row.editable === 'true',
    columns: JSON.parse(row.columns) as DataTable['columns'],
  }));
}
