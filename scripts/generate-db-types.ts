/**
 * Writes the row types of the migrated database; with --check, fails when the file on disk differs.
 * Starts a throw-away PostgreSQL of its own.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeSchema } from '../apps/server/src/platform/db/describe-schema.ts';
import { setUpControlPlane } from '../apps/server/src/platform/db/index.ts';
import { startEmbeddedPostgres } from '../apps/server/src/platform/postgres/index.ts';

const TYPES = fileURLToPath(new URL('../apps/server/src/platform/db/types.generated.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'talkide-types-'));
const server = await startEmbeddedPostgres({
  dataDir: join(folder, 'data'),
  socketDir: join(folder, 'run'),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off' },
});
try {
  const setup = { adminUrl: server.adminUrl('postgres'), database: 'talkide', loginPassword: 'throw-away' };
  const source = await describeSchema((await setUpControlPlane(setup)).adminUrl);
  if (!process.argv.includes('--check')) writeFileSync(TYPES, source);
  else if (readFileSync(TYPES, 'utf8') !== source) {
    console.error(`${TYPES} is not what the migrations make. Run: node scripts/generate-db-types.ts`);
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}
