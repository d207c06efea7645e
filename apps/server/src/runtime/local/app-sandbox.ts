import { fileURLToPath } from 'node:url';
import { inside } from '../inside.ts';
import type { AppSpec, Bind } from '../runtime.ts';
import { outletBinds, requireOutlet } from './outlet.ts';
import type { SandboxSpec } from './spec.ts';

const port = '8080';
const listenPreload = fileURLToPath(new URL('./preload/listen.cjs', import.meta.url));
const preloadInside = `${inside.platform}/listen.cjs`;

function nodeOptions(spec: AppSpec): string {
  const heapMb = Math.max(32, Math.floor(spec.limits.memoryMb * 0.7));
  const egress = spec.egressDir ? ` ${requireOutlet}` : '';
  const own = `--require ${preloadInside}${egress} --max-old-space-size=${heapMb}`;
  return spec.env.NODE_OPTIONS ? `${own} ${spec.env.NODE_OPTIONS}` : own;
}

/** The sandbox of an app. */
export function appSandbox(spec: AppSpec, socketDir: string): SandboxSpec {
  const optional: Bind[] = [];
  if (spec.postgresSocketDir) {
    optional.push({ from: spec.postgresSocketDir, to: inside.postgres, mode: 'ro', trusted: true });
  }
  if (spec.egressDir) optional.push(...outletBinds(spec.egressDir));
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
