import type { Database, Tx } from '../../platform/db/index.ts';
import type { Deployer } from '../deploy.ts';
import type { Launcher } from '../launcher.ts';
import type { HostedProject, HostedStack } from '../ports.ts';
import { addRelease, announceRelease, lockProject, RELEASE_CHANNEL, retireRelease } from '../releases.ts';

export interface StageOptions {
  db: Database;
  seat: number;
  launcher: Pick<Launcher, 'stop'>;
  deployer: Pick<Deployer, 'roll'>;
  stack(id: string): HostedStack;
  forget(): void;
}

/** The preview of a project while its data is exchanged: nothing runs there, whatever process dies meanwhile. */
export function createStage({ db, seat, launcher, deployer, stack, forget }: StageOptions) {
  return {
    /** Ends all that runs in a project's preview, so that nothing of it starts any more. */
    async clearStage(project: HostedProject): Promise<void> {
      const ids = await db.system((tx) => takeOff(tx, db, project));
      forget();
      await Promise.all(ids.map((id) => launcher.stop(id)));
      await db.system(async (tx) => {
        for (const id of ids) await retireRelease(tx, project.tenant_id, id);
      });
    },
    /** Starts what the preview served last, if nothing serves there. */
    async serveAgain(project: HostedProject): Promise<void> {
      const release = await db.system(async (tx) => {
        await lockProject(tx, project.id);
        const last = await lastServed(tx, project.id);
        if (!last || last.status === 'ACTIVE') return null;
        const { version_id: versionId, artefact_digest: artefactDigest } = last;
        const { tenant_id: tenantId, id: projectId } = project;
        const of = { tenantId, projectId, versionId, artefactDigest, seat };
        return addRelease(tx, { ...of, kind: 'PREVIEW', cause: 'RESTART' });
      });
      if (!release) return;
      const { signal } = new AbortController();
      await deployer.roll({ project, stack: stack(project.stack_id), release, signal, onSwitched: async () => {} });
    },
  };
}

async function takeOff(tx: Tx, db: Pick<Database, 'notify'>, project: HostedProject): Promise<string[]> {
  await lockProject(tx, project.id);
  const rows = await tx
    .updateTable('release')
    .set({ status: 'DRAINING' })
    .where('project_id', '=', project.id)
    .where('kind', '=', 'PREVIEW')
    .where('status', 'in', ['ACTIVE', 'DRAINING'])
    .returning('id')
    .execute();
  for (const { id } of rows) await announceRelease(tx, project.tenant_id, id);
  if (rows.length > 0) await db.notify(tx, RELEASE_CHANNEL, project.id);
  return rows.map((row) => row.id);
}

const lastServed = (tx: Tx, projectId: string) =>
  tx
    .selectFrom('release')
    .select(['version_id', 'artefact_digest', 'status'])
    .where('project_id', '=', projectId)
    .where('kind', '=', 'PREVIEW')
    .where('activated_at', 'is not', null)
    .orderBy('activated_at', 'desc')
    .executeTakeFirst();
