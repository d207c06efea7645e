import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { setUpControlPlane, setUpDataPlane } from '../platform/db/index.ts';
import { startEmbeddedPostgres } from '../platform/postgres/index.ts';

/** What the tests need to make databases of their own on the one server of the run. */
export interface TestServer {
  adminUrl: string;
  loginPassword: string;
  controlPlaneTemplate: string;
  dataPlaneTemplate: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer;
  }
}

/** Starts one PostgreSQL for the run, not durable, with a migrated template of each plane. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'talkide-test-'));
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    socketDir: join(folder, 'run'),
    logFile: join(folder, 'postgres.log'),
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  const adminUrl = server.adminUrl('postgres');
  const loginPassword = 'test-login';
  const controlPlaneTemplate = 'control_plane_template';
  const dataPlaneTemplate = 'data_plane_template';
  const started = performance.now();
  await setUpControlPlane({ adminUrl, database: controlPlaneTemplate, loginPassword });
  const migrationMs = performance.now() - started;
  await setUpDataPlane({ adminUrl, database: dataPlaneTemplate });
  project.provide('postgres', { adminUrl, loginPassword, controlPlaneTemplate, dataPlaneTemplate });
  process.stdout.write(`PostgreSQL ready, empty database migrated in ${Math.round(migrationMs)} ms\n`);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
