import postgres from 'postgres';
import { env } from './env.ts';
import { AppError } from './errors.ts';

export const hasDatabase = env.databaseUrl !== undefined;

/**
 * The database. `sql` is a template tag, its values are always parameters:
 * sql`select * from entry where id = ${id}`. Columns in snake_case arrive as camelCase.
 */
export const sql: postgres.Sql = env.databaseUrl ? connect(env.databaseUrl) : noDatabase();

function connect(databaseUrl: string): postgres.Sql {
  // A URL may name a socket folder and no host (postgresql://user:secret@/name?host=/run/postgresql).
  const url = new URL(databaseUrl.replace(/^(\w+:\/\/[^/]*@|\w+:\/\/)\//, '$1localhost/'));
  const folder = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const port = Number(url.searchParams.get('port') ?? (url.port || 5432));
  return postgres({
    host: folder,
    ...(folder.startsWith('/') ? { path: `${folder}/.s.PGSQL.${port}` } : {}),
    port,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    max: 5,
    idle_timeout: 20,
    connect_timeout: 5,
    onnotice: () => {},
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel }, undefined: null },
  });
}

function noDatabase(): postgres.Sql {
  const refuse = (): never => {
    throw new AppError(503, 'DATABASE_MISSING', 'This part needs the database, and the application runs without one.');
  };
  return new Proxy(refuse as unknown as postgres.Sql, { apply: refuse, get: refuse });
}
