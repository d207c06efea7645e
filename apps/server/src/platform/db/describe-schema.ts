import { Client } from 'pg';

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
  defaulted: boolean;
  identity: boolean;
  choices: string[] | null;
}

/** Text columns whose CHECK is a plain list of values carry that list. */
const COLUMNS = `
  select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as type,
         not a.attnotnull as nullable, a.atthasdef as defaulted, a.attidentity <> '' as identity,
         (select array_agg(match[1] order by ordinality)
            from pg_constraint k,
                 regexp_matches(pg_get_constraintdef(k.oid), '''([^'']*)''::text', 'g') with ordinality as m (match, ordinality)
           where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
             and pg_get_constraintdef(k.oid) ~ '^CHECK \\(\\(\\w+ = ANY \\(ARRAY\\[[^]]*\\]\\)\\)\\)$') as choices
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migration'
   order by c.relname, a.attnum`;

const TYPES: Record<string, string> = {
  bigint: 'Bigint',
  integer: 'number',
  'integer[]': 'number[]',
  boolean: 'boolean',
  numeric: 'Numeric',
  text: 'string',
  uuid: 'string',
  'character varying': 'string',
  'timestamp with time zone': 'Date',
};

/** TypeScript source of the row types of a migrated database. */
export async function describeSchema(adminUrl: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return render((await client.query<Column>(COLUMNS)).rows);
  } finally {
    await client.end();
  }
}

const pascal = (name: string): string => name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());

function render(columns: Column[]): string {
  const tables = Map.groupBy(columns, ({ table }) => table);
  const unions = columns.filter(({ choices }) => choices).map(renderUnion);
  const interfaces = [...tables].map(([table, own]) => {
    const lines = own.map((column) => `  ${column.column}: ${columnType(column)};`);
    return `export interface ${pascal(table)}Table {\n${lines.join('\n')}\n}\n`;
  });
  const rows = [...tables.keys()].map((name) => `export type ${pascal(name)}Row = Selectable<${pascal(name)}Table>;`);
  const database = [...tables.keys()].map((table) => `  ${table}: ${pascal(table)}Table;`);
  return [
    '// Written by scripts/generate-db-types.ts from the migrated database. Do not edit.',
    "import type { Generated, Selectable } from 'kysely';",
    "import type { Bigint, GeneratedId, GeneratedJson, Id, Json, NullableJson, Numeric } from './column-types.ts';\n",
    `${unions.join('\n')}\n`,
    interfaces.join('\n'),
    `export interface DB {\n${database.join('\n')}\n}\n`,
    `${rows.join('\n')}\n`,
  ].join('\n');
}

const unionName = ({ table, column }: Column): string => pascal(`${table}_${column}`);

const renderUnion = (column: Column): string =>
  `export type ${unionName(column)} = ${(column.choices ?? []).map((choice) => `'${choice}'`).join(' | ')};`;

function columnType(column: Column): string {
  if (column.identity) return 'GeneratedId';
  if (column.type === 'jsonb') return jsonType(column);
  const isKey = column.type === 'bigint' && column.column.endsWith('_id');
  const base = column.choices ? unionName(column) : isKey ? 'Id' : TYPES[column.type];
  if (!base) throw new Error(`no TypeScript type for ${column.type} (${column.table}.${column.column})`);
  const type = column.nullable ? `${base} | null` : base;
  return column.defaulted ? `Generated<${type}>` : type;
}

const jsonType = ({ nullable, defaulted }: Column): string => {
  if (nullable) return 'NullableJson';
  return defaulted ? 'GeneratedJson' : 'Json';
};
