import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DemoModel, type DemoModelOptions, startDemoModel } from '@talkide/demo-model';
import { type FakeControl, startFakeControl } from './control-plane.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const WORKER_TOKEN = 'worker-token-of-the-test';

/** A worker process against a fake control plane and the demo model, in a folder of its own. */
export type Bench = {
  control: FakeControl;
  model: DemoModel;
  home: string;
  /** The project's tree. */
  tree: string;
  startWorker(): Promise<void>;
  /** Kills the worker like a power cut. */
  killWorker(): Promise<void>;
  /** Resolves with the exit code of the running worker. */
  workerExit(): Promise<number | null>;
  workerLog(): string;
  close(): Promise<void>;
};

/** The program that the SDK brings, in the place of one that a developer has installed. */
const CLAUDE = createRequire(import.meta.url).resolve(
  `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`,
);

type BenchOptions = DemoModelOptions & {
  env?: Record<string, string>;
  /** The agents call the model with a developer's program and login. */
  ownLogin?: boolean;
};

/** Sets up the bench; the worker is not started yet. */
export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const { env = {}, ownLogin = false, ...modelOptions } = options;
  const folder = mkdtempSync(join(tmpdir(), 'talkide-worker-'));
  const home = join(folder, 'home');
  const tree = join(folder, 'workspace', '7');
  mkdirSync(home);
  mkdirSync(tree, { recursive: true });
  const model = await startDemoModel(modelOptions);
  const login = { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_AUTH_TOKEN: 'of-the-developer' };
  const socketPath = join(folder, 'control.sock');
  const control = await startFakeControl({ socketPath, modelUrl: model.url, workerToken: WORKER_TOKEN });
  let log = '';
  let worker: ReturnType<typeof spawn> | null = null;
  let exit: Promise<number | null> = Promise.resolve(null);

  async function killWorker(): Promise<void> {
    worker?.kill('SIGKILL');
    await exit;
    worker = null;
    await control.until(() => control.waiting() === 0);
  }
  return {
    control,
    model,
    home,
    tree,
    async startWorker() {
      const child = spawn(process.execPath, [MAIN], {
        env: {
          PATH: process.env.PATH,
          HOME: home,
          TALKIDE_CONTROL_SOCKET: socketPath,
          TALKIDE_WORKER_TOKEN: WORKER_TOKEN,
          TALKIDE_WORKSPACE: join(folder, 'workspace'),
          TALKIDE_WORKER_MODEL_RETRIES: '2',
          ...(ownLogin && { TALKIDE_WORKER_CLI: CLAUDE, TALKIDE_WORKER_CLI_ENV: JSON.stringify(login) }),
          ...env,
        },
        stdio: ['ignore', 'inherit', 'pipe'],
      });
      worker = child;
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString('utf8');
      });
      exit = once(child, 'exit').then(([code]) => code as number | null);
      await once(child, 'spawn');
    },
    killWorker,
    workerExit: () => exit,
    workerLog: () => log,
    async close() {
      if (worker?.exitCode === null) worker.kill('SIGTERM');
      await exit;
      await control.close();
      await model.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
