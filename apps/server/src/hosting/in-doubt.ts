import { setTimeout as delay } from 'node:timers/promises';
import { type Database, insist } from '../platform/db/index.ts';
import type { Deployer } from './deploy.ts';
import type { Publisher } from './publish.ts';
import { failRelease, halfDone } from './releases.ts';

/** Time for those whose commit was heard of to go on with what it began. */
const CONSIDER_MS = 5_000;

export interface InDoubtOptions {
  db: Database;
  /** Of this process: releases that began in others are theirs. */
  seat: number;
  deployer: Pick<Deployer, 'inHand' | 'drain'>;
  publisher: Pick<Publisher, 'inHand'>;
  considerMs?: number;
  onError(error: unknown): void;
}

/**
 * After an outage of the database: a commit whose answer was lost may have happened. What it began in this seat and nobody
 * here goes on with is ended.
 */
export function endWhatIsInDoubt(options: InDoubtOptions): { close(): Promise<void> } {
  const { db, seat, deployer, publisher, onError } = options;
  const closing = new AbortController();
  let running = Promise.resolve();

  async function end(): Promise<void> {
    await delay(options.considerMs ?? CONSIDER_MS, undefined, { signal: closing.signal });
    const found = await insist(db, () => db.system((tx) => halfDone(tx, seat)), closing.signal);
    const inHand = new Set([...deployer.inHand(), ...publisher.inHand()]);
    for (const release of found.filter(({ id }) => !inHand.has(id))) {
      if (release.status === 'DRAINING') deployer.drain(release.tenant_id, release.id);
      else await insist(db, () => db.system((tx) => failRelease(tx, release, LOST)), closing.signal);
    }
  }

  db.afterReturn(async () => {
    running = running.then(end).catch((error: unknown) => void (closing.signal.aborted || onError(error)));
  });
  return {
    close: () => {
      closing.abort();
      return running;
    },
  };
}

const LOST = 'The platform lost its database while this release was starting. Try again.';
