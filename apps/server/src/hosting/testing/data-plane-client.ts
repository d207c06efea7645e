import { Client } from 'pg';
import { inject } from 'vitest';

/** Where the test's PostgreSQL listens: a folder of its socket or a host name, and a port. */
export function postgresAddress(): { host: string; port: number } {
  const { searchParams, hostname, port } = new URL(inject('postgres').adminUrl);
  return {
    host: searchParams.get('host') ?? hostname,
    port: Number(searchParams.get('port') ?? port) || 5432,
  };
}

/** Connects as an application does, with the account of its URL, to an address that this test can reach. */
export async function connectAs(
  url: string,
  to: { database: string; host: string; port: number; password?: string },
): Promise<Client> {
  const [, user, password] = /postgres:\/\/([^:]+):([^@]+)@/.exec(url) ?? [];
  const client = new Client({ user, password, ...to });
  client.on('error', () => {}); // a connection that is ended on purpose
  await client.connect();
  return client;
}
