import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startMark } from '../../platform/process-info.ts';
import type { ProcessExit, WorkerProcess } from '../runtime.ts';
import { destroyGroup, type Group, groupNamed, reapGroups } from './cgroup-group.ts';
import type { Cgroups } from './cgroups.ts';
import { firstChild } from './process-tree.ts';
import { type Program, programBelow } from './program.ts';
import type { SandboxHost } from './sandbox.ts';

/** How a worker that outlives its platform is found again. */
const Note = z.object({
  id: z.string(),
  /** Of the process above its sandbox, with what tells it from a later process of the same id. */
  pid: z.number().int(),
  mark: z.string(),
  group: z.string().nullable(),
  /** What platform and worker must agree on to understand each other. */
  release: z.string(),
});
type Note = z.infer<typeof Note>;

const folderOf = (stateDir: string) => join(stateDir, 'workers');
const fileOf = (stateDir: string, id: string) => join(folderOf(stateDir), `${id}.json`);

/** Notes a worker that was just started; the answer takes the note away. */
export function noteWorker(stateDir: string, worker: Omit<Note, 'mark'>): () => void {
  const file = fileOf(stateDir, worker.id);
  mkdirSync(folderOf(stateDir), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify({ ...worker, mark: startMark(worker.pid) ?? '' }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => {
    if (readNote(file)?.pid === worker.pid) rmSync(file, { force: true });
  };
}

function readNote(file: string): Note | null {
  try {
    return Note.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

const lives = ({ pid, mark }: Note): boolean => startMark(pid) === mark;

/** Workers of this release (null: of none) that live on; every other group that an earlier platform left is ended. */
export async function findSurvivors(
  stateDir: string,
  cgroups: Cgroups | null,
  release: string | null,
): Promise<Note[]> {
  mkdirSync(folderOf(stateDir), { recursive: true, mode: 0o700 });
  const notes = readdirSync(folderOf(stateDir)).map((name) => readNote(join(folderOf(stateDir), name)));
  const living = notes.filter((note) => note !== null).filter(lives);
  const kept = living.filter((note) => note.release === release);
  for (const stranger of living) if (!kept.includes(stranger)) kill(stranger);
  if (cgroups) await reapGroups(cgroups, new Set(kept.flatMap(({ group }) => group ?? [])));
  return kept;
}

function kill(note: Note): void {
  if (!lives(note)) return;
  try {
    process.kill(note.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

const LOOK_EVERY_MS = 100;

/** Takes a worker of an earlier platform over. How it ends is not to be learnt: only that it did. */
export function adopt(host: SandboxHost, note: Note): WorkerProcess {
  const group = note.group !== null && host.cgroups ? groupNamed(host.cgroups, note.group) : null;
  const program = programBelow(() => (lives(note) ? firstChild(note.pid) : null), group);
  const living = { kill: () => kill(note), exited: end(host, note, group), outlives: true };
  host.live.add(living);
  const exited = living.exited.finally(() => host.live.delete(living));
  return { id: note.id, exited, stats: program.usage, stop: (graceMs) => stop(note, program, exited, graceMs) };
}

async function end(host: SandboxHost, note: Note, group: Group | null): Promise<ProcessExit> {
  while (lives(note)) await delay(LOOK_EVERY_MS);
  if (group) await destroyGroup(group.dirs);
  const file = fileOf(host.stateDir, note.id);
  if (readNote(file)?.pid === note.pid) rmSync(file, { force: true });
  return { code: null, signal: null, outOfMemory: false, logTail: '' };
}

async function stop(note: Note, program: Program, exited: Promise<ProcessExit>, graceMs: number): Promise<ProcessExit> {
  if (!program.signal('SIGTERM')) kill(note);
  const timer = setTimeout(() => kill(note), graceMs);
  return exited.finally(() => clearTimeout(timer));
}
