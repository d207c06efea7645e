import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { processByPs } from '../../platform/ps.ts';
import { removeTree } from '../../platform/remove-tree.ts';
import { SandboxRefused } from '../errors.ts';
import type { SandboxExit, SandboxedProgram } from '../local/program.ts';
import type { SandboxSpec } from '../local/spec.ts';
import type { Bind } from '../runtime.ts';
import { canonicalBinds } from './binds.ts';
import { commandOf, type Own } from './command.ts';
import { endWithPlatform } from './end-with-platform.ts';
import { endFamily, type Families, freezeFamily, killFamily } from './families.ts';
import { Family } from './family.ts';
import { launcherArgv } from './launcher.ts';
import { removeNote, writeNote } from './notes.ts';
import { openPort } from './own-port.ts';

/** What every sandbox of this platform is made from. */
export type SeatbeltHost = {
  /** `/usr/bin/sandbox-exec`. */
  sandboxExec: string;
  node: string;
  /** The folders where programs look for others. */
  path: readonly string[];
  /** The platform's own folder, for notes. */
  stateDir: string;
  /** Below it every sandbox has a temporary folder; short and without spaces. */
  tempRoot: string;
  families: Families;
  /** What a worker that outlives this platform must agree on with the next. */
  release: string;
  live: Set<Living>;
};

/** Something that runs and can be ended. */
export type Living = Pick<SandboxedProgram, 'kill' | 'exited'> & { outlives: boolean };

const TEMP = '/tmp/';

/** Makes the temporary folder of a sandbox; what is shown below /tmp elsewhere is linked there. */
function makeTempDir(root: string, name: string, binds: readonly Bind[]): string {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const { from, to } of binds) {
    if (!to.startsWith(TEMP)) continue;
    const link = join(dir, to.slice(TEMP.length));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(from, link);
  }
  return dir;
}

const ended = (child: ChildProcess) =>
  new Promise<Omit<SandboxExit, 'outOfMemory'>>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 125, signal: null }));
  });

/** Starts a program under a Seatbelt profile. Rejects with `SandboxRefused` for an unsafe bind or id. */
export async function spawnSeatbelt(
  host: SeatbeltHost,
  id: string,
  spec: SandboxSpec,
  stdio: StdioOptions,
): Promise<SandboxedProgram & { outlives: boolean }> {
  if (!/^[\w-]+$/.test(id)) throw new SandboxRefused(`"${id}" can't name a sandbox.`);
  const binds = canonicalBinds(spec.binds);
  const opened = await openPort(spec, binds);
  const name = randomBytes(6).toString('hex');
  const tempDir = makeTempDir(host.tempRoot, name, binds);
  const cleanUp = () => {
    opened?.close();
    try {
      removeTree(tempDir);
    } catch {
      // The next start of the platform clears what nobody uses.
    }
    removeNote(host.stateDir, name);
  };
  try {
    const child = start(host, { ...spec, binds }, { tempDir, port: opened }, stdio);
    const release = spec.outlives ? host.release : null;
    return followed(host, child, { name, id, kind: spec.kind, tempDir, release }, cleanUp);
  } catch (error) {
    cleanUp();
    throw error;
  }
}

function start(host: SeatbeltHost, spec: SandboxSpec, own: Own, stdio: StdioOptions): ChildProcess {
  const { argv, env, cwd } = commandOf(host, spec, own);
  const [shell, ...rest] = launcherArgv(spec.limits, argv);
  // A session and a group of its own: it is ended by that, and what ends the platform's terminal does not end it.
  return spawn(shell, rest, { env, cwd, stdio, detached: true });
}

/** What a process just started will have started. Throws, and ends it, when it cannot be looked at: nothing could end it later. */
function familyOf(pid: number | undefined): Family {
  if (pid === undefined) return new Family([]);
  try {
    const row = processByPs(pid);
    return new Family(row ? [{ pid, mark: row.mark }] : [], [pid]);
  } catch (error) {
    process.kill(-pid, 'SIGKILL');
    throw error;
  }
}

function followed(
  host: SeatbeltHost,
  child: ChildProcess,
  about: { name: string; id: string; kind: string; tempDir: string; release: string | null },
  cleanUp: () => void,
): SandboxedProgram & { outlives: boolean } {
  const { families, stateDir, live } = host;
  const { pid } = child;
  const family = familyOf(pid);
  const callOff = pid === undefined || about.release !== null ? () => {} : endWithPlatform(pid);
  const note = () => {
    if (family.members.length > 0) writeNote(stateDir, { ...about, members: family.members });
  };
  note();
  const unfollow = families.follow(family, note);
  const runs = () => pid !== undefined && child.exitCode === null && child.signalCode === null;
  const exited = ended(child).then(async (how): Promise<SandboxExit> => {
    await endFamily(family);
    callOff();
    unfollow();
    cleanUp();
    live.delete(sandboxed);
    return { ...how, outOfMemory: false };
  });
  const sandboxed = {
    ...{ child, exited, outlives: about.release !== null },
    kill: () => {
      if (runs()) killFamily(families, family);
    },
    signal: (signal: NodeJS.Signals) => runs() && child.kill(signal),
    freeze: () => {
      if (runs()) freezeFamily(families, family);
    },
    thaw: () => {
      if (runs()) family.signal('SIGCONT');
    },
    usage: async () => {
      if (!runs()) return null;
      await families.look();
      return runs() ? family.usage() : null;
    },
  };
  live.add(sandboxed);
  return sandboxed;
}
