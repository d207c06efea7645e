import { inside } from '../inside.ts';
import type { Bind } from '../runtime.ts';

const preload = new URL('./preload/egress.cjs', import.meta.url).pathname;
const preloadInside = `${inside.platform}/egress.cjs`;
const proxy = 'http://127.0.0.1:3128';

/** What a sandbox is shown that has a way out. */
export const outletBinds = (egressDir: string): Bind[] => [
  { from: egressDir, to: inside.egressDir, mode: 'ro', trusted: true },
  { from: preload, to: preloadInside, mode: 'ro', trusted: true },
];

/** Node's option by which its programs find the way out. */
export const requireOutlet = `--require ${preloadInside}`;

/** For programs that look for a proxy themselves: Node's clients stay as they are. */
export const proxyEnvironment = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, EGRESS_RELAY_ONLY: '1' };
