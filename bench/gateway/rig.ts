import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type Database, setUpControlPlane } from '../../apps/server/src/platform/db/index.ts';
import { startEmbeddedPostgres } from '../../apps/server/src/platform/postgres/index.ts';
import { randomToken, sha256 } from '../../apps/server/src/platform/secrets.ts';
import { createProject, createTenant } from '../../apps/server/src/testing/fixtures.ts';

/** What the benchmark fetches for itself stays here. */
export const peersFolder = join(import.meta.dirname, '../../.toolchain/bench');

export interface Bench {
  /** The benchmark's database, for its administrator. */
  adminUrl: string;
  db: Database;
  /** The token of a running turn with plenty of credit. */
  token: string;
  turnId: string;
  folder: string;
  /** Starts a process of this folder, which says its address when it listens. */
  start(file: string, env?: Record<string, string>): Promise<{ url: string; pid: number; child: ChildProcess }>;
  databaseUrl: string;
  /** Ends a process with the benchmark. */
  keep(child: ChildProcess): void;
  close(): Promise<void>;
}

/** A durable PostgreSQL of the benchmark's own, migrated, with one turn that runs. */
export async function createBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'talkide-bench-'));
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    socketDir: join(folder, 'run'),
    logFile: join(folder, 'postgres.log'),
  });
  const adminUrl = server.adminUrl('postgres');
  const { url: databaseUrl } = await setUpControlPlane({ adminUrl, database: 'bench', loginPassword: 'bench' });
  const db = createDatabase({ url: databaseUrl, poolSize: 2 });
  const children: ChildProcess[] = [];
  const { token, turnId } = await runningTurn(db);
  return {
    ...{ adminUrl: server.adminUrl('bench'), db, token, turnId, folder, databaseUrl },
    keep: (child) => void children.push(child),
    start: async (file, env = {}) => {
      const child = fork(join(import.meta.dirname, file), {
        env: { ...process.env, NODE_ENV: 'production', ...env },
        execArgv: [],
      });
      children.push(child);
      const [{ url }] = (await once(child, 'message')) as [{ url: string }];
      return { url, pid: child.pid ?? 0, child };
    },
    close: async () => {
      for (const child of children) child.kill('SIGKILL');
      await db.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runningTurn(db: Database): Promise<{ token: string; turnId: string }> {
  const tenant = await createTenant(db, { email: 'bench@example.com' });
  const place = await createProject(db, tenant);
  const token = randomToken('tkt_');
  const turnId = await db.system(async (tx) => {
    await tx.insertInto('user_budget').values({ user_id: tenant.userId, ai_credit_usd: '1000000' }).execute();
    const turn = await tx
      .insertInto('turn')
      .values({
        ...{ tenant_id: tenant.tenantId, project_id: place.projectId, environment_id: tenant.environmentId },
        ...{ conversation_id: place.conversationId, user_id: tenant.userId },
        ...{ status: 'RUNNING', token_hash: sha256(token) },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return turn.id;
  });
  return { token, turnId };
}
