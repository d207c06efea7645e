import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPostgresRelay } from './postgres-relay.ts';

async function echo(where: { host: string; port: number } | string): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket)).listen(where);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return typeof where === 'string' ? 0 : (server.address() as AddressInfo).port;
}

async function folderOfOwn(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tk-relay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function relayed(url: string, port: number): Promise<string> {
  const folder = join(await folderOfOwn(), 'pg');
  const relay = await openPostgresRelay(url, folder);
  onTestFinished(relay.close);
  expect(relay.folder).toBe(folder);
  const client = connect(join(folder, `.s.PGSQL.${port}`)).end('hello');
  const [answer] = (await once(client, 'data')) as [Buffer];
  await once(client, 'close');
  return answer.toString();
}

test('leads to a server by its host and port', async () => {
  const port = await echo({ host: '127.0.0.1', port: 0 });
  expect(await relayed(`postgres://a:b@127.0.0.1:${port}/x`, port)).toBe('hello');
});

test('leads to a server by the folder of its socket', async () => {
  const folder = await folderOfOwn();
  await echo(join(folder, '.s.PGSQL.5433'));
  expect(await relayed(`postgres://a:b@localhost:5433/x?host=${encodeURIComponent(folder)}`, 5433)).toBe('hello');
});

test('a server that is away ends the connection, and nothing else', async () => {
  const folder = await folderOfOwn();
  const relay = await openPostgresRelay(
    `postgres://a@localhost/x?host=${encodeURIComponent(folder)}`,
    join(folder, 'pg'),
  );
  onTestFinished(relay.close);
  for (let i = 0; i < 2; i++) {
    const client = connect(join(folder, 'pg', '.s.PGSQL.5432'));
    client.on('error', () => {});
    await once(client, 'close');
  }
});
