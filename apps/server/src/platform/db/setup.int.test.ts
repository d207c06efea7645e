import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../postgres/index.ts';
import { createDatabase, setUpControlPlane } from './index.ts';

// A server of its own: the login role's password is shared by all databases of a server.
const folder = mkdtempSync(join(tmpdir(), 'talkide-setup-'));
const server = await startEmbeddedPostgres({
  dataDir: join(folder, 'data'),
  socketDir: join(folder, 'run'),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off' },
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('gives the application a way in again after its password was replaced', async () => {
  for (const loginPassword of ['first', 'second']) {
    const { url } = await setUpControlPlane({
      adminUrl: server.adminUrl('postgres'),
      database: 'talkide',
      loginPassword,
    });
    const db = createDatabase({ url, poolSize: 1 });
    expect(await db.system((tx) => tx.selectFrom('users').select('id').execute())).toEqual([]);
    await db.close();
  }
});
