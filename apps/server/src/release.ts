import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from './config.ts';
import { readyProcess, seatHolder, seatsOf } from './seats.ts';

const LOOK_EVERY_MS = 20;
/** Model calls and requests under way may end first. */
const PATIENCE_MS = 120_000;

/**
 * Asks the platform of this configuration to hand over to a successor, and waits until that serves; of several that share
 * the home, one after another. Rejects with a sentence when there is none, or when it is still the old one after two minutes.
 */
export async function askForRelease(env: NodeJS.ProcessEnv, cwd: string): Promise<{ ms: number; platforms: number }> {
  const { home } = readConfig(env, cwd);
  const held = seatsOf(home).filter((seat) => seatHolder(home, seat) !== null);
  // A platform that takes up what another left has that one's seat too, and does not serve there.
  const serving = held.filter((seat) => readyProcess(home, seat) !== null);
  const seats = serving.length > 0 ? serving : held;
  if (seats.length === 0) throw new Error(`TalkIDE does not run on ${home}. Start it with npm start.`);
  const begun = performance.now();
  for (const seat of seats) await releaseSeat(home, seat);
  return { ms: performance.now() - begun, platforms: seats.length };
}

async function releaseSeat(home: string, seat: number): Promise<void> {
  const old = seatHolder(home, seat);
  if (!old) return;
  const begun = performance.now();
  process.kill(old.pid, 'SIGUSR2');
  while (performance.now() - begun < PATIENCE_MS) {
    const serving = readyProcess(home, seat);
    if (serving !== null && serving !== old.pid) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error('The successor did not take over; the terminal of the platform says why.');
}
