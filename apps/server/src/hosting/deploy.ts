import { DomainError } from '../errors.ts';
import { monotonicMs } from '../platform/clock.ts';
import { type Database, insist, isDatabaseAway, type Tx } from '../platform/db/index.ts';
import { AppCrashed, AppStartFailed, RuntimeError } from '../runtime/index.ts';
import type { ReleaseKind } from './app-spec.ts';
import type { Launcher } from './launcher.ts';
import type { HostedProject, HostedStack } from './ports.ts';
import { activateRelease, failRelease, type ReleaseRow, retireRelease, takeDownReleases } from './releases.ts';

/** `failed`: the application does not start. `refused`: it would, but must not serve any more. */
export type DeployResult = { outcome: 'serving' } | { outcome: 'failed' | 'refused'; reason: string };

type InTransaction = (tx: Tx) => Promise<void>;

export interface Roll {
  project: HostedProject;
  stack: HostedStack;
  release: ReleaseRow;
  /** Runs in the transaction of the switch. */
  onSwitched: InTransaction;
  /** Called when the release did not come up and its process is gone; the sentence is added to the reason. */
  undo?: (() => Promise<string>) | undefined;
  /** Calls the start off. */
  signal: AbortSignal;
}

export interface Deployer {
  /**
   * Start, health check, switch, drain. The old release serves until the new one is healthy; when it does not come up
   * the old one goes on serving. Throws the signal's reason when it was called off, and what the platform, not the
   * application, is to blame for.
   */
  roll(roll: Roll): Promise<DeployResult>;
  /** Takes down what serves at an address, and what is about to; false when nothing did. */
  takeDown(project: HostedProject, kind: ReleaseKind, onTaken: InTransaction): Promise<boolean>;
  /** Takes up a release that drains and that nobody here knows of. */
  drain(tenantId: string, releaseId: string): void;
  /** Releases that start or drain under its hands. */
  inHand(): ReadonlySet<string>;
  /** Stops what drains at once and waits for it. */
  close(): Promise<void>;
}

export interface DeployerOptions {
  db: Database;
  launcher: Launcher;
  /** Called right after an address was switched, before the old release stops: nobody may look it up any more. */
  onSwitched(): void;
  /** Called after a release was retired. */
  onRetired(): void;
  onError(error: unknown): void;
}

export function createDeployer({ db, launcher, onSwitched: forget, onRetired, onError }: DeployerOptions): Deployer {
  const draining = new Map<string, Promise<void>>();
  const rolling = new Set<string>();
  const closing = new AbortController();

  const retireLater = (tenantId: string, releaseId: string) => {
    const work = launcher
      .drain(releaseId)
      .then(() => insist(db, () => db.system((tx) => retireRelease(tx, tenantId, releaseId)), closing.signal))
      .then(onRetired)
      .catch(onError)
      .finally(() => draining.delete(releaseId));
    draining.set(releaseId, work);
  };

  async function end({ release, undo, signal }: Roll, reason: string): Promise<string> {
    await launcher.stop(release.id);
    let whole = reason;
    if (undo) {
      // It asks the database, which may be why the release did not come up.
      await insist(db, () => db.system(async () => {}), signal);
      whole += `\n${await undo().catch((error: unknown) => `Its database could not be put back: ${error}`)}`;
    }
    await insist(db, () => db.system((tx) => failRelease(tx, release, whole)), signal);
    return whole;
  }

  async function start({ project, stack, release, signal }: Roll): Promise<void> {
    const callOff = () => void launcher.stop(release.id).catch(onError);
    signal.throwIfAborted();
    signal.addEventListener('abort', callOff, { once: true });
    try {
      await launcher.start({ project, stack, release });
    } finally {
      signal.removeEventListener('abort', callOff);
    }
  }

  /** Whether the database was away for a part of this time: an application without it is not to blame. */
  const wasAwaySince = (begun: number): Promise<boolean> =>
    db.steadyForMs().then(
      (steady) => steady < monotonicMs() - begun,
      () => true,
    );

  async function rollNow(roll: Roll): Promise<DeployResult> {
    const { release, signal } = roll;
    const begun = monotonicMs();
    try {
      await start(roll);
    } catch (error) {
      const reason = signal.aborted ? 'The platform was stopped while this release was starting.' : startFailure(error);
      const whole = await end(roll, reason);
      signal.throwIfAborted();
      if (!isOfTheApplication(error) || (await wasAwaySince(begun))) throw error;
      return { outcome: 'failed', reason: whole };
    }
    try {
      const switched = await db.system(async (tx) => {
        const result = await activateRelease(tx, db, release);
        if (!('refused' in result)) await roll.onSwitched(tx);
        return result;
      });
      if ('refused' in switched) {
        // A preview that a newer one overtook did not fail.
        if (release.kind === 'PUBLISHED') await end(roll, switched.refused);
        else retireLater(release.tenant_id, release.id);
        return { outcome: 'refused', reason: switched.refused };
      }
      forget();
      if (switched.drainingId) retireLater(release.tenant_id, switched.drainingId);
      return { outcome: 'serving' };
    } catch (error) {
      await end(roll, 'The switch to this release failed. Try again.');
      throw error;
    }
  }

  return {
    async roll(roll) {
      rolling.add(roll.release.id);
      return rollNow(roll).finally(() => rolling.delete(roll.release.id));
    },
    drain: retireLater,
    inHand: () => new Set([...rolling, ...draining.keys()]),

    async takeDown(project, kind, onTaken) {
      const taken = await db.system(async (tx) => {
        const ids = await takeDownReleases(tx, db, project, kind);
        if (ids.length > 0) await onTaken(tx);
        return ids;
      });
      forget();
      for (const id of taken) retireLater(project.tenant_id, id);
      return taken.length > 0;
    },

    async close() {
      closing.abort();
      await Promise.all([...draining.keys()].map((id) => launcher.stop(id).catch(onError)));
      await Promise.all(draining.values());
    },
  };
}

/** A `DomainError` says that the release may not run any more, unless it is about the database. */
const isOfTheApplication = (error: unknown) =>
  error instanceof AppStartFailed ||
  error instanceof AppCrashed ||
  (error instanceof DomainError && !isDatabaseAway(error));

/** Why an application did not start, in words its owner and Mara can use: the end of its own log. */
function startFailure(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  if (error instanceof AppStartFailed || error instanceof AppCrashed)
    return [error.message, error.logTail].filter(Boolean).join('\n');
  if (error instanceof RuntimeError) return `${error.message} ${error.mend}`;
  return "The platform could not start it. This is not the application's fault. Try again.";
}
