import { setTimeout as delay } from 'node:timers/promises';
import { type PsRow, processesLater, processesNow } from '../../platform/ps.ts';
import type { Family } from './family.ts';

const LOOK_EVERY_MS = 1_000;
const LOOK_AGAIN_MS = 20;

/** Looks at the processes of the machine for all sandboxes at once, so that those are known whose parents end. */
export type Families = {
  /** Follows one until the answer is called; told when its members are others. */
  follow(family: Family, onChange: () => void): () => void;
  /** Looks now, blocking: what must not go on meanwhile. */
  lookNow(family: Family): boolean;
  look(): Promise<void>;
};

export function createFamilies(): Families {
  const followed = new Map<Family, () => void>();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;

  function take(rows: readonly PsRow[]): void {
    for (const [family, onChange] of followed) if (family.update(rows)) onChange();
  }

  // One that could not be asked is asked again with the next look.
  const look = () => {
    looking ??= processesLater()
      .then(take)
      .catch(() => {})
      .finally(() => {
        looking = null;
      });
    return looking;
  };

  return {
    look,
    follow(family, onChange) {
      followed.set(family, onChange);
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS).unref();
      return () => {
        followed.delete(family);
        if (followed.size > 0 || !timer) return;
        clearInterval(timer);
        timer = null;
      };
    },
    lookNow(family) {
      try {
        return family.update(processesNow());
      } catch {
        return false;
      }
    },
  };
}

/** Stops all of it, what is started meanwhile too. Blocks. */
export function freezeFamily(families: Families, family: Family): void {
  do family.signal('SIGSTOP');
  while (families.lookNow(family));
}

/** Ends all of it, what is started meanwhile too. Blocks. */
export function killFamily(families: Families, family: Family): void {
  freezeFamily(families, family);
  family.signal('SIGKILL');
}

/** Ends what is left of it, and resolves when that is dead. */
export async function endFamily(family: Family): Promise<void> {
  for (;;) {
    const rows = await processesLater().catch(() => null);
    if (rows) family.update(rows);
    if (rows && family.members.length === 0) return;
    family.signal('SIGKILL');
    await delay(LOOK_AGAIN_MS);
  }
}
