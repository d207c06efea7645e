import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSameStart } from '../../platform/ps.ts';
import type { ProcessExit, WorkerProcess } from '../runtime.ts';
import { killFamily } from './families.ts';
import type { Family } from './family.ts';
import { endLeftover, findLeftovers } from './leftovers.ts';
import { type Note, writeNote } from './notes.ts';
import type { SeatbeltHost } from './sandbox.ts';

const LOOK_EVERY_MS = 200;

/** Of what an earlier platform left: workers of this release go on, all else is ended. Answers those workers. */
export async function takeOver(host: SeatbeltHost): Promise<WorkerProcess[]> {
  const found = findLeftovers(host.stateDir);
  const kept = found.filter(({ note, family }) => isKept(host, note, family));
  const others = found.filter((one) => !kept.includes(one));
  await Promise.all(others.map((one) => endLeftover(host.families, host.stateDir, one)));
  const tempDirs = new Set(kept.map(({ note }) => note.tempDir));
  for (const name of readdirSync(host.tempRoot)) {
    const folder = join(host.tempRoot, name);
    if (!tempDirs.has(folder)) rmSync(folder, { recursive: true, force: true });
  }
  return kept.map(({ note, family }) => adopt(host, note, family));
}

/** Its first process is the worker itself. */
const isKept = ({ release }: SeatbeltHost, note: Note, family: Family): boolean =>
  note.release === release && runs(note, family);

const runs = ({ members: [first] }: Note, family: Family): boolean =>
  family.members.some(({ pid, mark }) => first !== undefined && pid === first.pid && isSameStart(mark, first.mark));

async function untilItEnds(host: SeatbeltHost, note: Note, family: Family): Promise<ProcessExit> {
  while (runs(note, family)) {
    await delay(LOOK_EVERY_MS);
    await host.families.look();
  }
  await endLeftover(host.families, host.stateDir, { note, family });
  return { code: null, signal: null, outOfMemory: false, logTail: '' };
}

/** Takes a worker of an earlier platform over. How it ends is not to be learnt: only that it did. */
function adopt(host: SeatbeltHost, note: Note, family: Family): WorkerProcess {
  const { families, stateDir, live } = host;
  const follow = () => {
    const [first] = note.members;
    const others = family.members.filter(({ pid }) => pid !== first?.pid);
    if (first && runs(note, family)) writeNote(stateDir, { ...note, members: [first, ...others] });
  };
  const unfollow = families.follow(family, follow);
  const kill = () => killFamily(families, family);
  const exited = untilItEnds(host, note, family).finally(unfollow);
  const living = { kill, exited, outlives: true };
  live.add(living);
  void exited.then(() => live.delete(living));
  return {
    ...{ id: note.id, exited },
    async stats() {
      await families.look();
      return runs(note, family) ? family.usage() : null;
    },
    stop(graceMs) {
      try {
        process.kill(note.members[0]?.pid ?? 0, 'SIGTERM');
      } catch {
        kill();
      }
      const timer = setTimeout(kill, graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}
