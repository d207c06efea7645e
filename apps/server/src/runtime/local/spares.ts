import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inside } from '../inside.ts';
import type { AppSpec } from '../runtime.ts';
import { appSandbox } from './app-sandbox.ts';
import { type Sandboxed, type SandboxHost, spawnSandboxed } from './sandbox.ts';
import { defaultEnv } from './sandbox-args.ts';
import { clearSlots, linkTree, makeSlot, type Slot, type SlotPlaces } from './slot.ts';

/** A sandbox with a Node process in it that waits to be told which application it is. */
export type Spare = { sandboxed: Sandboxed; slot: Slot };

export type Spares = {
  /** The oldest spare, as this application's from now on; null when there is none that fits. */
  take(spec: AppSpec): Spare | null;
  /** Starts, a little later, what is missing of spares for applications like this one. */
  refill(spec: AppSpec): void;
  close(): void;
};

const preload = (name: string) => ({
  from: fileURLToPath(new URL(`./preload/${name}`, import.meta.url)),
  to: `${inside.platform}/${name}`,
});
const preloads = ['spare.cjs', 'spare.mjs'].map(preload);

/** After a start, so that the application that was waited for answers first. */
const REFILL_MS = 20;

/** Read by Node or the C library before a spare learns of them, or by our own preloads. */
const READ_EARLY = /^(NODE_(?!ENV$)|UV_|LD_|LC_|ICU|SSL_|OPENSSL|MALLOC|GLIBC|(LANG|TZ|HOST|PORT|SOCKET_PATH)$)/;

/** What spares of one kind have in common; null when an application cannot be started ahead. */
function shapeOf(spec: AppSpec): string | null {
  const [program, script, ...rest] = spec.argv;
  // Without a way out it is a look of the platform's own, at code that is new each time.
  if (spec.egressDir === undefined) return null;
  const plain = program === 'node' && script !== undefined && !script.startsWith('-');
  if (!plain || Object.keys(spec.env).some((name) => READ_EARLY.test(name))) return null;
  return JSON.stringify([script, rest, spec.limits, spec.postgresSocketDir ?? '', spec.uploadsDir !== undefined]);
}

/** Shows an application in a slot; false when that cannot be, for whatever reason: then it is started the long way. */
function fill(slot: Slot, spec: AppSpec): boolean {
  try {
    // Compiled code is read-only for a spare: the first start of a release is one without, which writes it.
    if (spec.cacheDir && linkTree(spec.cacheDir, slot.cacheDir) === 0) return false;
    linkTree(spec.artefactDir, slot.appDir);
    linkTree(spec.egressDir ?? '', slot.egressDir);
    if (spec.uploadsDir) linkTree(spec.uploadsDir, slot.uploadsDir);
    return true;
  } catch {
    return false;
  }
}

/** Ended, though what is left of it may not be cleared up yet. */
const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/** Keeps `count` spares for applications like the last one that was started. */
export function createSpares(host: SandboxHost, places: SlotPlaces, count: number): Spares {
  clearSlots(places);
  let shape: string | null = null;
  let waiting: Spare[] = [];
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function start(spec: AppSpec): void {
    const slot = makeSlot(places);
    // Folders of the platform's own: no application can swap one for a link.
    const shown = spec.uploadsDir ? { ...spec, uploadsDir: slot.uploadsDir } : spec;
    const { appDir: artefactDir, cacheDir, egressDir, inDir } = slot;
    const sandbox = appSandbox({ ...shown, env: {}, artefactDir, cacheDir, egressDir }, inDir);
    const { NODE_COMPILE_CACHE: _, NODE_OPTIONS, ...env } = sandbox.env;
    const spare = {
      slot,
      sandboxed: spawnSandboxed(
        host,
        slot.name,
        {
          ...sandbox,
          env: { ...env, NODE_OPTIONS: `${NODE_OPTIONS} --require ${inside.platform}/spare.cjs` },
          binds: [
            ...sandbox.binds.map((bind) => (bind.to === inside.appCache ? ({ ...bind, mode: 'ro' } as const) : bind)),
            ...preloads.map((bind) => ({ ...bind, mode: 'ro', trusted: true }) as const),
          ],
        },
        ['pipe', 'pipe', 'pipe'],
      ),
    };
    // One that ended by itself is not told anything; its pipe breaks.
    spare.sandboxed.child.stdin?.on('error', () => {});
    waiting.push(spare);
    spare.sandboxed.exited.then(() => {
      waiting = waiting.filter((one) => one !== spare);
      try {
        slot.remove();
      } catch {
        // The next start of the platform clears all slots.
      }
    });
  }

  function drop(): void {
    for (const { sandboxed } of waiting.splice(0)) sandboxed.kill();
  }

  function fillUp(spec: AppSpec): void {
    timer = null;
    if (closed) return;
    try {
      while (waiting.length < count) start(spec);
    } catch {
      // Without spares applications start the long way, which says what is wrong.
    }
  }

  return {
    take(spec) {
      if (shape === null || shapeOf(spec) !== shape) return null;
      waiting = waiting.filter(({ sandboxed }) => !hasEnded(sandboxed.child));
      const spare = waiting.shift();
      if (!spare) return null;
      if (!fill(spare.slot, spec)) {
        spare.sandboxed.kill();
        return null;
      }
      const { env } = appSandbox(spec, spare.slot.inDir);
      const { NODE_COMPILE_CACHE: compileCache } = env;
      spare.sandboxed.child.stdin?.end(JSON.stringify({ env: { ...defaultEnv, ...env }, compileCache }));
      return spare;
    },
    refill(spec) {
      const wanted = shapeOf(spec);
      if (wanted === null || closed || count === 0) return;
      if (wanted !== shape) drop();
      shape = wanted;
      timer ??= setTimeout(() => fillUp(spec), REFILL_MS).unref();
    },
    close() {
      closed = true;
      if (timer) clearTimeout(timer);
      drop();
    },
  };
}
