import { rmSync } from 'node:fs';
import { processesNow } from '../../platform/ps.ts';
import { createFamilies, endFamily, type Families, killFamily } from './families.ts';
import { Family } from './family.ts';
import { type Note, readNotes, removeNote } from './notes.ts';

/** What an earlier platform noted, and what of it still runs. */
export type Leftover = { note: Note; family: Family };

export function findLeftovers(stateDir: string): Leftover[] {
  const found = readNotes(stateDir).map((note) => ({ note, family: new Family(note.members) }));
  if (found.length === 0) return found;
  const rows = processesNow();
  for (const { family } of found) family.update(rows);
  return found;
}

export async function endLeftover(families: Families, stateDir: string, { note, family }: Leftover): Promise<void> {
  killFamily(families, family);
  await endFamily(family);
  rmSync(note.tempDir, { recursive: true, force: true });
  removeNote(stateDir, note.name);
}

/** Ends everything that a platform which died noted in its folder, its workers too. */
export async function endNoted(stateDir: string): Promise<void> {
  const families = createFamilies();
  await Promise.all(findLeftovers(stateDir).map((leftover) => endLeftover(families, stateDir, leftover)));
}
