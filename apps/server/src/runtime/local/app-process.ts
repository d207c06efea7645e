import { setTimeout as delay } from 'node:timers/promises';
import { AppStartFailed } from '../errors.ts';
import type { AppProcess, AppSpec } from '../runtime.ts';
import { appSandbox } from './app-sandbox.ts';
import { type AppSocket, adoptAppSocket, makeAppSocket, removeAppSocket } from './app-socket.ts';
import { readAwakeUntil } from './awake.ts';
import { answersOk } from './health.ts';
import type { Spawn } from './jobs.ts';
import { type LoggedProcess, loggedProcess } from './process.ts';
import type { Spare, Spares } from './spares.ts';

const pollMs = 3;
const noSpares: Pick<Spares, 'take' | 'refill'> = { take: () => null, refill: () => {} };

async function becomesHealthy(
  spec: AppSpec,
  socket: AppSocket,
  ended: () => boolean,
): Promise<AppStartFailed['reason'] | null> {
  const deadline = performance.now() + spec.startTimeoutMs;
  let adopted = false;
  for (;;) {
    adopted ||= adoptAppSocket(socket);
    const left = deadline - performance.now();
    if (adopted && left > 0 && (await answersOk(socket.path, spec.healthPath, left))) return null;
    if (ended()) return 'exited';
    if (spec.abort?.aborted) return 'aborted';
    if (performance.now() > deadline) return 'timeout';
    await delay(pollMs);
  }
}

/** The sandbox of an app, and its side of the socket: a spare one, else one of its own. */
async function sandboxFor(spawn: Spawn, spec: AppSpec, spare: Spare | null, socket: AppSocket) {
  if (spare) return { sandboxed: spare.sandboxed, socket: { ...socket, appDir: spare.slot.inDir } };
  const sandboxed = await spawn(spec.id, appSandbox(spec, socket.appDir), ['ignore', 'pipe', 'pipe']);
  return { sandboxed, socket };
}

async function start(
  spawn: Spawn,
  spec: AppSpec,
  takeSpare: () => Spare | null,
  isSecond = false,
): Promise<AppProcess & LoggedProcess> {
  const made = makeAppSocket(spec.socketDir);
  // Not before: from then on it knows whose it is.
  const spare = takeSpare();
  const { sandboxed, socket } = await sandboxFor(spawn, spec, spare, made);
  let ended = false;
  const cleanUp = () => {
    ended = true;
    removeAppSocket(spec.socketDir);
  };
  const running = loggedProcess(spec.id, sandboxed, { logFile: spec.logFile, secrets: spec.secrets ?? [] }, cleanUp);
  const failure = await becomesHealthy(spec, socket, () => ended).catch((error: unknown) => {
    running.kill();
    throw error;
  });
  if (!failure) return { ...running, socketPath: socket.path, awakeUntil: () => readAwakeUntil(socket.appDir) };
  running.kill();
  const { logTail, signal, outOfMemory } = await running.exited;
  // A spare may have been dead already; an application that fails says something. One that somebody killed is not to blame.
  const isInnocent = (spare && logTail === '') || (signal === 'SIGKILL' && !outOfMemory);
  if (failure === 'exited' && isInnocent && !isSecond) return start(spawn, spec, () => null, true);
  throw new AppStartFailed(failure, logTail);
}

/** Starts an app, in a spare sandbox if there is one, and waits until it answers. Throws `AppStartFailed`; then nothing of it is left. */
export function startAppProcess(
  spawn: Spawn,
  spec: AppSpec,
  spares: Pick<Spares, 'take' | 'refill'> = noSpares,
): Promise<AppProcess & LoggedProcess> {
  return start(spawn, spec, () => spares.take(spec)).finally(() => spares.refill(spec));
}
