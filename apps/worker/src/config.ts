import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What a worker is told by the environment it is started in. */
const WorkerEnv = z.object({
  TALKIDE_CONTROL_SOCKET: z.string().min(1).default('/run/talkide/control.sock'),
  TALKIDE_WORKER_TOKEN: z.string().min(1),
  TALKIDE_WORKSPACE: z.string().min(1).default('/workspace'),
  TALKIDE_WORKER_PARALLEL: z.coerce.number().int().min(1).max(20).default(3),
  /** Seconds that an agent process waits for the next message. */
  TALKIDE_WORKER_WARM_SECONDS: z.coerce.number().min(0).max(3_600).default(45),
  TALKIDE_WORKER_TURN_LIMIT_SECONDS: z.coerce.number().positive().default(900),
  /** How often an agent repeats a failed model call. */
  TALKIDE_WORKER_MODEL_RETRIES: z.coerce.number().int().min(0).max(10).default(6),
  HOME: z.string().min(1),
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
});

export type WorkerConfig = {
  socketPath: string;
  token: string;
  workspace: string;
  home: string;
  path: string;
  agentsFolder: string;
  parallelTurns: number;
  warmMs: number;
  turnLimitMs: number;
  maxRetries: number;
  goneAfterMs: number;
};

/** The control plane may be away this long before a worker gives up. */
const GONE_AFTER_MS = 120_000;

/** Reads the worker's configuration; throws with the names of what is wrong. */
export function workerConfig(env: Record<string, string | undefined>): WorkerConfig {
  const given = WorkerEnv.parse(env);
  return {
    socketPath: given.TALKIDE_CONTROL_SOCKET,
    token: given.TALKIDE_WORKER_TOKEN,
    workspace: given.TALKIDE_WORKSPACE,
    home: given.HOME,
    path: given.PATH,
    agentsFolder: fileURLToPath(new URL('../agents', import.meta.url)),
    parallelTurns: given.TALKIDE_WORKER_PARALLEL,
    warmMs: given.TALKIDE_WORKER_WARM_SECONDS * 1000,
    turnLimitMs: given.TALKIDE_WORKER_TURN_LIMIT_SECONDS * 1000,
    maxRetries: given.TALKIDE_WORKER_MODEL_RETRIES,
    goneAfterMs: GONE_AFTER_MS,
  };
}
