import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

export interface Launched {
  code: number | null;
  output: string;
}

/** Starts the platform with an environment in which it cannot start, and waits for its end. */
export async function launch(env: Record<string, string>, options: { uid?: number } = {}): Promise<Launched> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TALKIDE_')));
  const child = spawn(process.execPath, [join(root, 'apps/server/src/main.ts')], {
    cwd: root,
    env: { ...inherited, TALKIDE_METRICS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      // It was not meant to start: what it holds must not stay.
      if (output.includes('TalkIDE is ready')) child.kill('SIGTERM');
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** What nobody should read at a terminal: stacks, warnings of Node, names of our classes. */
export const CRYPTIC = /^\s+at |node:internal|Warning:|Error:|undefined|\[object|ECONN|EADDR/m;
