import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from './config.ts';
import { holderOf } from './home-claim.ts';

const LOOK_EVERY_MS = 20;
/** Model calls and requests under way may end first. */
const PATIENCE_MS = 120_000;

/**
 * Asks the platform of this configuration to hand over to a successor, and waits until that answers. Rejects with a
 * sentence when there is none, or when it is still the old one after two minutes.
 */
export async function askForRelease(env: NodeJS.ProcessEnv, cwd: string): Promise<{ ms: number }> {
  const { home, host, port } = readConfig(env, cwd);
  const claim = join(home, 'run', 'owner');
  const old = holderOf(claim);
  if (old === null) throw new Error(`TalkIDE does not run on ${home}. Start it with npm start.`);
  const begun = performance.now();
  process.kill(old, 'SIGUSR2');
  const where = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  const answers = () =>
    fetch(`http://${where}:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (performance.now() - begun < PATIENCE_MS) {
    const holder = holderOf(claim);
    if (holder !== null && holder !== old && (await answers())) return { ms: performance.now() - begun };
    await delay(LOOK_EVERY_MS);
  }
  throw new Error('The successor did not take over; the terminal of the platform says why.');
}
