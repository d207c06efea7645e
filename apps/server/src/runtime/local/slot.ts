import { randomBytes } from 'node:crypto';
import { closeSync, constants, linkSync, mkdirSync, opendirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../../platform/remove-tree.ts';

/** Folders that a sandbox is shown before it is known which application it will be; empty at first. */
export type Slot = {
  name: string;
  appDir: string;
  cacheDir: string;
  egressDir: string;
  uploadsDir: string;
  inDir: string;
  remove(): void;
};

export type SlotPlaces = {
  /** On the disk of artefacts: what is shown are hard links. */
  stateDir: string;
  /** Where the applications' sockets are. */
  socketsDir: string;
};

/** Beside the files that every sandbox is shown. */
const folderOf = ({ stateDir }: SlotPlaces) => join(stateDir, 'sandbox', 'spares');

/** Removes what a killed platform left. */
export function clearSlots(places: SlotPlaces): void {
  removeTree(folderOf(places));
}

export function makeSlot(places: SlotPlaces): Slot {
  const name = `spare-${randomBytes(6).toString('hex')}`;
  const [files, sockets] = [join(folderOf(places), name), join(places.socketsDir, name)];
  const slot = {
    ...{ appDir: join(files, 'app'), cacheDir: join(files, 'cache') },
    ...{ egressDir: join(sockets, 'egress'), uploadsDir: join(sockets, 'uploads'), inDir: join(sockets, 'in') },
  };
  for (const dir of Object.values(slot)) mkdirSync(dir, { recursive: true, mode: 0o700 });
  const remove = () => {
    for (const dir of [files, sockets]) removeTree(dir);
  };
  return { ...slot, name, remove };
}

const MAX_ENTRIES = 500;

/** More than is worth linking one by one, or something that cannot be linked. */
class TooMuch extends Error {}

/**
 * Shows the files of a folder in another by hard links; answers how many. Throws where that cannot be done. No link is
 * followed, also one that is put in place while this runs: an application can write to the folder of its compiled code.
 */
export function linkTree(from: string, to: string, left = { entries: MAX_ENTRIES }): number {
  const folder = openSync(from, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const opened = `/proc/self/fd/${folder}`;
  let linked = 0;
  try {
    const entries = opendirSync(opened);
    try {
      for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
        left.entries -= 1;
        if (left.entries < 0) throw new TooMuch(from);
        const [source, target] = [`${opened}/${entry.name}`, join(to, entry.name)];
        if (entry.isDirectory()) {
          mkdirSync(target, { mode: 0o755 });
          linked += linkTree(source, target, left);
        } else {
          linkSync(source, target);
          linked += 1;
        }
      }
    } finally {
      entries.closeSync();
    }
  } finally {
    closeSync(folder);
  }
  return linked;
}
