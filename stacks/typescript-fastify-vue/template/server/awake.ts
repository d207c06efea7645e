import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from './env.ts';

const works = new Map<string, number>();

/**
 * Keeps the application awake though nobody uses it, for work of this name, until then at most. Call it again to move the
 * time, and with `new Date()` when the work is done.
 */
export function keepAwake(name: string, until: Date): void {
  works.set(name, until.getTime());
  if (env.socketPath) writeFileSync(join(dirname(env.socketPath), 'awake'), String(Math.max(...works.values())));
}
