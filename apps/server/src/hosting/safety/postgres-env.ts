export interface PostgresLogin {
  adminUrl: string;
  database: string;
  name: string;
  password: string;
}

/** How PostgreSQL's tools reach the server of a URL as another role. */
export function postgresEnv({ adminUrl, database, name, password }: PostgresLogin): Record<string, string> {
  const url = new URL(adminUrl);
  const parameter = (key: string) => url.searchParams.get(key);
  const sslMode = parameter('sslmode');
  return {
    PGHOST: parameter('host') ?? decodeURIComponent(url.hostname),
    PGPORT: parameter('port') ?? (url.port || '5432'),
    PGDATABASE: database,
    PGUSER: name,
    PGPASSWORD: password,
    ...(sslMode ? { PGSSLMODE: sslMode } : {}),
  };
}
