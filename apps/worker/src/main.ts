import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { takeOwnToken } from './own-token.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

try {
  // First of all: it may start this process again.
  const token = takeOwnToken(process.env);
  const { workerConfig } = await import('./config.ts');
  const config = workerConfig({ ...process.env, TALKIDE_WORKER_TOKEN: token });
  // Saves a third of the start, and memory: the agent SDK is 1.4 MB of source.
  enableCompileCache(join(config.home, '.cache', 'node'));
  const { runWorker } = await import('./worker.ts');
  const end = await runWorker(config, stop.signal);
  process.stderr.write(`worker ended: ${end}\n`);
  process.exit(end === 'gone' ? 1 : 0);
} catch (error) {
  process.stderr.write(`worker failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
