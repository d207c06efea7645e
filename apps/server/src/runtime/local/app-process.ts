import { setTimeout as delay } from 'node:timers/promises';
import { AppStartFailed } from '../errors.ts';
import { inside } from '../inside.ts';
import type { AppProcess, AppSpec, Bind } from '../runtime.ts';
import { type AppSocket, adoptAppSocket, makeAppSocket, removeAppSocket } from './app-socket.ts';
import { answersOk } from './health.ts';
import { type LoggedProcess, startProcess } from './process.ts';
import type { SandboxHost } from './sandbox.ts';
import type { SandboxSpec } from './spec.ts';

const port = '8080';
const listenPreload = new URL('./preload/listen.cjs', import.meta.url).pathname;
const preloadInside = `${inside.platform}/listen.cjs`;
const egressPreload = new URL('./preload/egress.cjs', import.meta.url).pathname;
const egressPreloadInside = `${inside.platform}/egress.cjs`;
const pollMs = 3;

function nodeOptions(spec: AppSpec): string {
  const heapMb = Math.max(32, Math.floor(spec.limits.memoryMb * 0.7));
  const egress = spec.egressDir ? ` --require ${egressPreloadInside}` : '';
  const own = `--require ${preloadInside}${egress} --max-old-space-size=${heapMb}`;
  return spec.env.NODE_OPTIONS ? `${own} ${spec.env.NODE_OPTIONS}` : own;
}

/** The sandbox of an app. */
export function appSandbox(spec: AppSpec, socketDir: string): SandboxSpec {
  const optional: Bind[] = [];
  if (spec.postgresSocketDir) {
    optional.push({ from: spec.postgresSocketDir, to: inside.postgres, mode: 'ro', trusted: true });
  }
  if (spec.egressDir) {
    optional.push({ from: spec.egressDir, to: inside.egressDir, mode: 'ro', trusted: true });
    optional.push({ from: egressPreload, to: egressPreloadInside, mode: 'ro', trusted: true });
  }
  if (spec.uploadsDir) {
    optional.push({ from: spec.uploadsDir, to: inside.uploadsDir, mode: 'ro', trusted: true });
  }
  if (spec.cacheDir) optional.push({ from: spec.cacheDir, to: inside.appCache, mode: 'rw' });
  return {
    kind: 'app',
    argv: spec.argv,
    cwd: inside.app,
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: port,
      SOCKET_PATH: inside.appSocket,
      ...(spec.cacheDir ? { NODE_COMPILE_CACHE: inside.appCache } : {}),
      ...(spec.uploadsDir ? { UPLOADS_SOCKET: inside.uploadsSocket } : {}),
      ...spec.env,
      NODE_OPTIONS: nodeOptions(spec),
    },
    binds: [
      { from: spec.artefactDir, to: inside.app, mode: 'ro' },
      { from: socketDir, to: inside.appSocketDir, mode: 'rw', trusted: true },
      { from: listenPreload, to: preloadInside, mode: 'ro', trusted: true },
      ...optional,
    ],
    limits: spec.limits,
  };
}

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

/** Starts an app and waits until it answers. Throws `AppStartFailed`; then nothing of it is left. */
export async function startAppProcess(host: SandboxHost, spec: AppSpec): Promise<AppProcess & LoggedProcess> {
  const socket = makeAppSocket(spec.socketDir);
  let ended = false;
  const cleanUp = () => {
    ended = true;
    removeAppSocket(spec.socketDir);
  };
  const output = { logFile: spec.logFile, secrets: spec.secrets ?? [] };
  const running = startProcess(host, spec.id, appSandbox(spec, socket.appDir), output, cleanUp);
  const failure = await becomesHealthy(spec, socket, () => ended);
  if (!failure) return { ...running, socketPath: socket.path };
  running.kill();
  throw new AppStartFailed(failure, (await running.exited).logTail);
}
