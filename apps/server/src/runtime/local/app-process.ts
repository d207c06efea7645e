import { setTimeout as delay } from 'node:timers/promises';
import { AppStartFailed } from '../errors.ts';
import type { AppProcess, AppSpec } from '../runtime.ts';
import { appSandbox } from './app-sandbox.ts';
import { type AppSocket, adoptAppSocket, makeAppSocket, removeAppSocket } from './app-socket.ts';
import { answersOk } from './health.ts';
import { type LoggedProcess, loggedProcess } from './process.ts';
import { type SandboxHost, spawnSandboxed } from './sandbox.ts';
import type { Spares } from './spares.ts';

const pollMs = 3;

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

/** Starts an app, in a spare sandbox if there is one, and waits until it answers. Throws `AppStartFailed`; then nothing of it is left. */
export async function startAppProcess(
  host: SandboxHost,
  spec: AppSpec,
  spares: Spares,
): Promise<AppProcess & LoggedProcess> {
  const own = makeAppSocket(spec.socketDir);
  const spare = spares.take(spec);
  const socket = spare ? { ...own, appDir: spare.slot.inDir } : own;
  const sandboxed =
    spare?.sandboxed ?? spawnSandboxed(host, spec.id, appSandbox(spec, own.appDir), ['ignore', 'pipe', 'pipe']);
  let ended = false;
  const cleanUp = () => {
    ended = true;
    removeAppSocket(spec.socketDir);
  };
  const running = loggedProcess(spec.id, sandboxed, { logFile: spec.logFile, secrets: spec.secrets ?? [] }, cleanUp);
  const failure = await becomesHealthy(spec, socket, () => ended);
  spares.refill(spec);
  if (!failure) return { ...running, socketPath: socket.path };
  running.kill();
  throw new AppStartFailed(failure, (await running.exited).logTail);
}
