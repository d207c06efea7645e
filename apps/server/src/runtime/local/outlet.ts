import { fileURLToPath } from 'node:url';
import { inside } from '../inside.ts';
import type { Bind } from '../runtime.ts';

const preload = fileURLToPath(new URL('./preload/egress.cjs', import.meta.url));
const preloadInside = `${inside.platform}/egress.cjs`;

/** Where clients find the way out: on the sandbox's own loopback, or on another port where it has none. */
export const proxyAddress = (port = 3128) => `http://127.0.0.1:${port}`;

/** What a sandbox is shown that has a way out. */
export const outletBinds = (egressDir: string): Bind[] => [
  { from: egressDir, to: inside.egressDir, mode: 'ro', trusted: true },
  { from: preload, to: preloadInside, mode: 'ro', trusted: true },
];

/** Node's option by which its programs find the way out. */
export const requireOutlet = `--require ${preloadInside}`;

/** For programs that look for a proxy themselves: Node's clients stay as they are. */
export const proxyEnvironment = { HTTP_PROXY: proxyAddress(), HTTPS_PROXY: proxyAddress(), EGRESS_RELAY_ONLY: '1' };
