import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** How a sandbox is found again when its platform was killed: no kernel ends it with that. */
const Note = z.object({
  name: z.string(),
  id: z.string(),
  kind: z.string(),
  tempDir: z.string(),
  /** Of a worker: what it and a platform must agree on to understand each other; null for what ends with its platform. */
  release: z.string().nullable(),
  /** The first process first. */
  members: z.array(z.object({ pid: z.number().int().positive(), mark: z.string().min(1) })),
});
export type Note = z.infer<typeof Note>;

const folderOf = (stateDir: string) => join(stateDir, 'running');
const fileOf = (stateDir: string, name: string) => join(folderOf(stateDir), `${name}.json`);

export function writeNote(stateDir: string, note: Note): void {
  const file = fileOf(stateDir, note.name);
  mkdirSync(folderOf(stateDir), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeNote(stateDir: string, name: string): void {
  rmSync(fileOf(stateDir, name), { force: true });
}

/** What an earlier platform noted; torn notes are removed. */
export function readNotes(stateDir: string): Note[] {
  mkdirSync(folderOf(stateDir), { recursive: true, mode: 0o700 });
  return readdirSync(folderOf(stateDir)).flatMap((file) => {
    const path = join(folderOf(stateDir), file);
    try {
      if (!file.endsWith('.json')) throw new Error('written by half');
      return [Note.parse(JSON.parse(readFileSync(path, 'utf8')))];
    } catch {
      rmSync(path, { force: true });
      return [];
    }
  });
}
