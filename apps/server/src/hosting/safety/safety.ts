import { join } from 'node:path';
import type { PublishPlan } from '@talkide/contracts';
import type { ArtefactStore } from '../artefacts.ts';
import type { AppRef } from '../data-plane.ts';
import type { HostedProject, HostedStack } from '../ports.ts';
import type { Backups } from './backups.ts';
import type { LiveData } from './live-data.ts';
import { appliedDigest, type MigrationFile, pendingMigrations } from './pending-migrations.ts';
import { risksOf } from './sql-risks.ts';

/** SQL of a migration that a plan shows. */
const SHOWN_CHARACTERS = 20_000;

export interface ToPublish {
  project: HostedProject;
  stack: HostedStack;
  artefactDigest: string;
}

export interface Guard {
  /** Called when the release did not come up and its process is gone; what became of the database, in a sentence. */
  undo(): Promise<string>;
}

/** Keeps the published database from a migration that fails. */
export interface Safety {
  plan(what: ToPublish): Promise<Omit<PublishPlan, 'versionNumber'>>;
  /** Backs the database up when the release will migrate it; null when it will not, or there is nothing in it. */
  guard(what: ToPublish, releaseId: string, withoutBackup: boolean): Promise<Guard | null>;
}

export interface SafetyOptions {
  artefacts: Pick<ArtefactStore, 'path' | 'has'>;
  live: LiveData;
  backups: Backups;
  /** Sees to it that the application's own role can log in. */
  ready(app: AppRef): Promise<unknown>;
  onError(error: unknown): void;
}

const appOf = (project: HostedProject): AppRef => ({ tenantId: project.tenant_id, slug: project.data_slug });

export function createSafety({ artefacts, live, backups, ready, onError }: SafetyOptions): Safety {
  async function look({ project, stack, artefactDigest }: ToPublish) {
    const app = appOf(project);
    const empty = await live.isEmpty(app);
    if (!empty) await ready(app);
    const applied = empty ? new Map<string, string>() : await live.applied(app);
    const folder = stack.migrations && join(artefacts.path(artefactDigest), stack.migrations);
    const migrations = folder ? await pendingMigrations(folder, applied) : [];
    return { app, empty, applied, migrations };
  }

  const mayCommitHalfWay = (migrations: readonly MigrationFile[]) =>
    migrations.some(({ sql }) => risksOf(sql).includes('NOT_TRANSACTIONAL'));

  async function putBack(app: AppRef, projectId: string, name: string, file: string, at: Date): Promise<string> {
    try {
      // What visitors entered since the backup, and what the migration left, stay within reach.
      await backups.dump(app, projectId, name);
      await backups.restore(app, file);
      return `The database was changed half way, so it was put back to the backup of ${at.toISOString()}. What visitors entered since then is in a second backup.`;
    } catch (error) {
      onError(error);
      return 'The database was changed half way and could not be put back. The backup is kept; ask the operator to restore it.';
    }
  }

  return {
    async plan(what) {
      const { empty, migrations } = await look(what);
      const backup = empty ? 'NOT_NEEDED' : (await backups.available()) ? 'MADE' : 'UNAVAILABLE';
      return {
        backup,
        isKnown: await artefacts.has(what.artefactDigest),
        migrations: migrations.map(({ name, sql }) => ({
          name,
          sql: sql.slice(0, SHOWN_CHARACTERS),
          truncated: sql.length > SHOWN_CHARACTERS,
          risks: risksOf(sql),
        })),
      };
    },

    async guard(what, releaseId, withoutBackup) {
      const { app, empty, applied, migrations } = await look(what);
      if (empty || migrations.length === 0) return null;
      const { id: projectId } = what.project;
      if (!(await backups.available())) {
        if (withoutBackup) return { undo: async () => 'There was no backup: its database may be changed half way.' };
        throw new Error('This release changes the database, and no backup of it can be made on this machine.');
      }
      const at = await live.now();
      const file = await backups.dump(app, projectId, `${releaseId}-before`);
      const shape = await backups.shape(app);
      return {
        async undo() {
          await live.endTransactions(app, at);
          const unchanged =
            !mayCommitHalfWay(migrations) &&
            appliedDigest(await live.applied(app)) === appliedDigest(applied) &&
            (await backups.shape(app)) === shape;
          if (unchanged) return 'The database is as it was before.';
          return putBack(app, projectId, `${releaseId}-failed`, file, at);
        },
      };
    },
  };
}
