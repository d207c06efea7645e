import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../platform/db/index.ts';
import { inside, type WorkerSpec } from '../runtime/index.ts';
import { type Claude, findClaude } from './find-claude.ts';
import { readLogin } from './login.ts';
import { findOwner, type Owner } from './owner.ts';

export interface CliOptions {
  /** A command, looked up on `searchPath`, or a path. */
  program: string;
  searchPath: string;
  /** The developer's folder of Claude Code. */
  folder: string;
}

/** What a worker of this executor is started with, beside what every worker is. */
export type CliWorker = Pick<WorkerSpec, 'network' | 'binds' | 'env'>;

/** Runs turns with the `claude` and the login of the developer who runs the platform for herself. */
export interface CliExecutor extends Pick<Owner, 'requireServed'> {
  /** `stateDir`: the environment's folder, for transcripts. */
  worker(environmentId: string, stateDir: string): Promise<CliWorker>;
}

/** A `claude` with a login; the rest of the executor needs the database. */
export interface FoundCli {
  claude: Claude;
  folder: string;
}

/** Finds the program and the login, or says what is missing. */
export async function findCli({ program, searchPath, folder }: CliOptions): Promise<FoundCli> {
  const claude = await findClaude(program, searchPath);
  await readLogin(folder);
  return { claude, folder };
}

/** Makes the executor on a platform that is the developer's own; refuses any other. */
export async function createCliExecutor({ claude, folder }: FoundCli, db: Database): Promise<CliExecutor> {
  const owner = await findOwner(db);
  return {
    requireServed: owner.requireServed,
    worker: async (environmentId, stateDir) => {
      await owner.requireOwnEnvironment(environmentId);
      const transcripts = join(stateDir, 'transcripts');
      await mkdir(transcripts, { recursive: true });
      const login = await readLogin(folder);
      const env = { ...login.env, CLAUDE_CONFIG_DIR: inside.claudeFolder };
      return {
        network: 'host',
        binds: [
          claude.bind,
          // Below a folder in memory: a mount in one that agents keep could be led elsewhere by a link of theirs.
          { from: transcripts, to: join(inside.claudeFolder, 'projects'), mode: 'rw' },
          ...login.binds,
        ],
        env: {
          CLAUDE_CONFIG_DIR: inside.claudeFolder,
          TALKIDE_WORKER_CLI: claude.program,
          TALKIDE_WORKER_CLI_ENV: JSON.stringify(env),
        },
      };
    },
  };
}
