import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { OwnLogin } from './own-login.ts';

/** What a worker is told by the environment it is started in. */
const WorkerEnv = z.object({
  TALKIDE_CONTROL_SOCKET: z.string().min(1).default('/run/talkide/control.sock'),
  TALKIDE_WORKER_TOKEN: z.string().min(1),
  TALKIDE_WORKSPACE: z.string().min(1).default('/workspace'),
  /** The one port of the loopback that its sandbox may listen on; absent: any. */
  TALKIDE_WORKER_RELAY_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  TALKIDE_WORKER_PARALLEL: z.coerce.number().int().min(1).max(20).default(3),
  /** Seconds that an agent process waits for the next message. */
  TALKIDE_WORKER_WARM_SECONDS: z.coerce.number().min(0).max(3_600).default(45),
  TALKIDE_WORKER_TURN_LIMIT_SECONDS: z.coerce.number().positive().default(900),
  /** How often an agent repeats a failed model call. */
  TALKIDE_WORKER_MODEL_RETRIES: z.coerce.number().int().min(0).max(10).default(6),
  /** A developer's own `claude`, run with her login instead of the platform's gateway. */
  TALKIDE_WORKER_CLI: z.string().min(1).optional(),
  /** JSON: what of the developer's environment it needs for that. */
  TALKIDE_WORKER_CLI_ENV: z
    .string()
    .default('{}')
    .transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
  HOME: z.string().min(1),
  /** Where the sandbox has no /tmp of its own. */
  TMPDIR: z.string().min(1).optional(),
  CLAUDE_CONFIG_DIR: z.string().min(1).optional(),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
});

export type WorkerConfig = {
  socketPath: string;
  token: string;
  workspace: string;
  home: string;
  /** Where agents keep transcripts. */
  claudeFolder: string;
  path: string;
  /** Where agents keep what they need for a while; null: where every program does. */
  tempFolder: string | null;
  /** 0: any free port. */
  relayPort: number;
  agentsFolder: string;
  parallelTurns: number;
  warmMs: number;
  turnLimitMs: number;
  maxRetries: number;
  /** How long a control plane may be away: while a turn runs, and when nothing is lost by giving up. */
  patience: { workingMs: number; idleMs: number };
  /** Null: agents call the model through the gateway, which meters them. */
  ownLogin: OwnLogin | null;
};

/** A restart takes seconds. Turns wait for longer outages too; a worker without one is soon started again. */
const PATIENCE = { workingMs: 120_000, idleMs: 5_000 };

/** Reads the worker's configuration; throws with the names of what is wrong. */
export function workerConfig(env: Record<string, string | undefined>): WorkerConfig {
  const given = WorkerEnv.parse(env);
  return {
    socketPath: given.TALKIDE_CONTROL_SOCKET,
    token: given.TALKIDE_WORKER_TOKEN,
    workspace: given.TALKIDE_WORKSPACE,
    home: given.HOME,
    claudeFolder: given.CLAUDE_CONFIG_DIR ?? join(given.HOME, '.claude'),
    path: given.PATH,
    tempFolder: given.TMPDIR ?? null,
    relayPort: given.TALKIDE_WORKER_RELAY_PORT ?? 0,
    agentsFolder: fileURLToPath(new URL('../agents', import.meta.url)),
    parallelTurns: given.TALKIDE_WORKER_PARALLEL,
    warmMs: given.TALKIDE_WORKER_WARM_SECONDS * 1000,
    turnLimitMs: given.TALKIDE_WORKER_TURN_LIMIT_SECONDS * 1000,
    maxRetries: given.TALKIDE_WORKER_MODEL_RETRIES,
    patience: PATIENCE,
    ownLogin: given.TALKIDE_WORKER_CLI
      ? { program: given.TALKIDE_WORKER_CLI, env: given.TALKIDE_WORKER_CLI_ENV }
      : null,
  };
}
