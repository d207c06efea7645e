import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { createProject, createTenant, testDatabase } from '../testing/index.ts';
import { createArtefactStore } from './artefacts.ts';
import {
  claimBuild,
  enqueueBuild,
  expireBuilds,
  failBuild,
  giveBackBuild,
  renewBuild,
  settleBuild,
  succeedBuild,
} from './build-queue.ts';
import { type BuildStepsOptions, createBuildSteps } from './build-steps.ts';
import { createCollector } from './collect.ts';
import {
  activateRelease,
  addRelease,
  failLeft,
  failRelease,
  mayRun,
  stillWanted,
  sweepReleases,
  takeDownReleases,
} from './releases.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const { db } = await testDatabase();
let people = 0;
let versions = 0;

async function project() {
  people += 1;
  const tenant = await createTenant(db, { email: `p${people}@example.com` });
  const { projectId } = await createProject(db, tenant);
  return { id: projectId, tenant_id: tenant.tenantId };
}
type Hosted = Awaited<ReturnType<typeof project>>;

const version = ({ id, tenant_id }: Hosted, number = 1) =>
  db.system(async (tx) => {
    const values = {
      tenant_id,
      project_id: id,
      version_number: number,
      commit_sha: 'c',
      tree_sha: 't',
      source: 'TURN',
    };
    return (
      await tx
        .insertInto('project_version')
        .values(values as never)
        .returning('id')
        .executeTakeFirstOrThrow()
    ).id;
  });
async function queued(hosted?: Hosted) {
  hosted ??= await project();
  const versionId = await version(hosted, ++versions);
  const build = { tenantId: hosted.tenant_id, projectId: hosted.id, versionId, commit: 'c', turnId: null };
  await db.system((tx) => enqueueBuild(tx, db, build));
}
async function claim() {
  const build = await db.system((tx) => claimBuild(tx, { steady: true }));
  if (!build) throw new Error('nothing to claim');
  return build;
}
const artefact = { artefactDigest: 'sha256:1', log: '', logBytes: 0 };
const failure = { exitCode: 1, fingerprint: 'f', log: '', logBytes: 0 };

describe('a build', () => {
  test('whose lease ran out is left alone while that proves nothing; one that lasts too long is taken', async () => {
    await queued();
    const mine = await claim();
    const expire = (when: string) =>
      db.system((tx) =>
        tx
          .updateTable('build')
          .set({ lease_expires_at: sql<Date>`now() + ${when}::interval` })
          .where('id', '=', mine.id)
          .execute(),
      );
    const taken = (steady: boolean) => db.system(async (tx) => (await claimBuild(tx, { steady }))?.id);
    await expire('-1 second');
    expect(await taken(false)).toBeUndefined();
    expect(await taken(true)).toBe(mine.id);
    expect(await taken(true)).toBeUndefined();
    await expire('1 hour');
    expect(await taken(true)).toBe(mine.id);
    await db.system((tx) => tx.deleteFrom('build').where('id', '=', mine.id).execute());
  });

  test('has one holder, also when many ask', async () => {
    await queued();
    const claims = await Promise.all(
      Array.from({ length: 5 }, () => db.system((tx) => claimBuild(tx, { steady: true }))),
    );
    const [mine, ...others] = claims.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    if (mine) await db.system((tx) => failBuild(tx, mine, failure));
  });

  test('of another tenant does not wait for all that one has queued', async () => {
    const [greedy, modest] = [await project(), await project()];
    for (const hosted of [greedy, greedy, greedy, modest]) await queued(hosted);
    const claims = [await claim(), await claim(), await claim(), await claim()];
    expect(claims.map((one) => one.project_id)).toEqual([greedy.id, modest.id, greedy.id, greedy.id]);
    for (const one of claims) await db.system((tx) => failBuild(tx, one, failure));
  });

  test('whose lease was lost is nothing to its first holder any more', async () => {
    await queued();
    const first = await claim();
    await db.system(expireBuilds);
    const second = await claim();
    expect([second.id, second.attempts]).toEqual([first.id, 2]);
    await db.system(async (tx) => {
      expect(await renewBuild(tx, first)).toBe(false);
      expect(await succeedBuild(tx, first, artefact)).toBe(false);
      expect(await failBuild(tx, first, failure)).toBe(false);
      expect(await settleBuild(tx, first)).toBe(false);
      expect(await renewBuild(tx, second)).toBe(true);
      expect(await failBuild(tx, second, failure)).toBe(true);
    });
  });

  test('that was taken over, or whose project is deleted, makes no preview', async () => {
    const hosted = await project();
    await queued(hosted);
    const first = await claim();
    await db.system((tx) => succeedBuild(tx, first, artefact));
    await db.system(expireBuilds);
    const second = await claim();
    const roll = vi.fn();
    const run = (build: typeof first, onceBegun = async () => {}) => {
      const told = {
        get: async () => ({ ...hosted, stack_id: '' }),
        applyStatus: async () => {},
        versionView: async () => null,
      };
      const steps = createBuildSteps({
        ...({
          deployer: { roll },
          projects: told,
          stack: () => ({}),
          checkpoints: { prepare: async () => {} },
        } as unknown as BuildStepsOptions),
        db: { ...db, system: (work) => db.system(work).finally(() => onceBegun()) },
      });
      const { signal } = new AbortController();
      return steps.run({ ...build, artefact_digest: artefact.artefactDigest }, signal);
    };
    await run(first);
    await run(second, async () => {
      await db.system((tx) => tx.deleteFrom('project').where('id', '=', hosted.id).execute());
    });
    expect(roll).not.toHaveBeenCalled();
    const releases = await db.system((tx) =>
      tx.selectFrom('release').select('id').where('project_id', '=', hosted.id).execute(),
    );
    expect(releases).toEqual([]);
  });

  test('left between its end and its preview is taken over from there', async () => {
    await queued();
    const first = await claim();
    await db.system((tx) => succeedBuild(tx, first, artefact));
    await db.system(expireBuilds);
    const second = await claim();
    expect(second).toMatchObject({ id: first.id, status: 'SUCCESS', artefact_digest: 'sha256:1' });
    await db.system((tx) => settleBuild(tx, second));
    expect(await db.system((tx) => claimBuild(tx, { steady: true }))).toBeUndefined();
  });

  test('that is given back is free at once and counts no attempt', async () => {
    await queued();
    const first = await claim();
    await db.system((tx) => giveBackBuild(tx, first));
    const second = await claim();
    expect(second.attempts).toBe(1);
    await db.system((tx) => failBuild(tx, second, failure));
  });
});

const release = (hosted: Hosted, versionId: string, kind: 'PREVIEW' | 'PUBLISHED', artefactDigest = 'sha256:1') =>
  db.system((tx) =>
    addRelease(tx, { tenantId: hosted.tenant_id, projectId: hosted.id, versionId, kind, artefactDigest, seat: 7 }),
  );
const status = async (id: string) =>
  (await db.system((tx) => tx.selectFrom('release').select('status').where('id', '=', id).executeTakeFirstOrThrow()))
    .status;

describe('a release', () => {
  test('of two that switch at the same moment the newer version serves', async () => {
    const hosted = await project();
    const older = await release(hosted, await version(hosted, 1), 'PREVIEW');
    const newer = await release(hosted, await version(hosted, 2), 'PREVIEW');
    await Promise.all([newer, older].map((one) => db.system((tx) => activateRelease(tx, db, one))));
    expect(await status(newer.id)).toBe('ACTIVE');
    expect(await status(older.id)).not.toBe('ACTIVE');
  });

  test('that was taken down while it started does not come up', async () => {
    const hosted = await project();
    const one = await release(hosted, await version(hosted), 'PUBLISHED');
    await db.system((tx) => takeDownReleases(tx, db, hosted, 'PUBLISHED'));
    expect(await db.system((tx) => activateRelease(tx, db, one))).toMatchObject({
      refused: expect.stringContaining('called off'),
    });
  });

  test('is not published while its project is paused, and does not wake', async () => {
    const hosted = await project();
    const versionId = await version(hosted);
    const active = await release(hosted, versionId, 'PREVIEW');
    await db.system((tx) => activateRelease(tx, db, active));
    const starting = await release(hosted, versionId, 'PUBLISHED');
    expect(await db.system((tx) => mayRun(tx, active.id))).toBe(true);
    const wanted = () => db.system((tx) => stillWanted(tx, [active.id, starting.id]));
    expect([...(await wanted())].sort()).toEqual([active.id, starting.id].sort());
    await db.system((tx) => tx.updateTable('project').set({ status: 'PAUSED' }).where('id', '=', hosted.id).execute());
    expect(await db.system((tx) => mayRun(tx, active.id))).toBe(false);
    expect([...(await wanted())]).toEqual([starting.id]);
    expect(await db.system((tx) => activateRelease(tx, db, starting))).toMatchObject({
      refused: expect.stringContaining('paused'),
    });
  });

  test('of a deleted project is refused', async () => {
    const hosted = await project();
    const one = await release(hosted, await version(hosted), 'PREVIEW');
    await db.system((tx) => tx.deleteFrom('project').where('id', '=', hosted.id).execute());
    expect(await db.system((tx) => activateRelease(tx, db, one))).toEqual({ refused: 'The project was deleted.' });
    expect(await db.system((tx) => mayRun(tx, one.id))).toBe(false);
  });

  test('that a dead process left is swept after its time and not before', async () => {
    const hosted = await project();
    const left = await release(hosted, await version(hosted), 'PUBLISHED');
    await db.system((tx) => sweepReleases(tx, 300));
    expect(await status(left.id)).toBe('STARTING');
    await db.system((tx) => sweepReleases(tx, 0));
    expect(await status(left.id)).toBe('FAILED');
  });

  test('that a dead process left is ended at once by whoever has its seat, and no other', async () => {
    const hosted = await project();
    const left = await release(hosted, await version(hosted), 'PUBLISHED');
    await db.system((tx) => failLeft(tx, 8));
    expect(await status(left.id)).toBe('STARTING');
    await db.system((tx) => failLeft(tx, 7));
    expect(await status(left.id)).toBe('FAILED');
  });
});

test('artefacts, caches and logs that nothing needs are collected; young ones and those in use stay', async () => {
  const folder = await temporaryFolder();
  const folders = { artefacts: 'artefacts', caches: 'caches', appLogs: 'apps', buildLogs: 'builds' };
  const paths = Object.fromEntries(
    Object.entries(folders).map(([key, name]) => [key, join(folder, name)]),
  ) as typeof folders;
  const artefacts = createArtefactStore(paths.artefacts);
  const hosted = await project();
  const digest = (number: number) => `sha256:collect${number}`;
  const ids: string[] = [];
  for (let number = 1; number <= 8; number += 1) {
    const one = await release(hosted, await version(hosted, number), 'PREVIEW', digest(number));
    await db.system((tx) => activateRelease(tx, db, one));
    await db.system((tx) => sweepReleases(tx, 0));
    ids.push(one.id);
  }
  const made = [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => join(paths.artefacts, `collect${number}`)),
    ...['collect7', 'collect8'].map((name) => join(paths.caches, hosted.id, name)),
    ...['draft-abc', 'template'].map((name) => join(paths.artefacts, name)),
    join(paths.caches, '999'),
  ];
  for (const path of made) await mkdir(path, { recursive: true });
  await mkdir(paths.appLogs);
  for (const id of ids) await writeFile(join(paths.appLogs, `${id}.log`), '');
  const old = new Date(Date.now() - 3_600_000);
  for (const path of [...made, ...ids.map((id) => join(paths.appLogs, `${id}.log`))]) await utimes(path, old, old);
  await mkdir(join(paths.artefacts, 'young'));

  const errors: unknown[] = [];
  const collector = createCollector({
    ...{ db, artefacts, folders: paths, templates: async () => ['sha256:template'] },
    onError: (error) => errors.push(error),
  });
  collector.collect();
  await collector.close();
  const kept = ['collect4', 'collect5', 'collect6', 'collect7', 'collect8', 'template', 'young'];
  expect((await readdir(paths.artefacts)).sort()).toEqual(kept);
  expect(await readdir(join(paths.caches))).toEqual([hosted.id]);
  expect(await readdir(join(paths.caches, hosted.id))).toEqual(['collect8']);
  expect((await readdir(paths.appLogs)).sort()).toEqual(
    ids
      .slice(3)
      .map((id) => `${id}.log`)
      .sort(),
  );
  expect(errors).toEqual([]);
});

test('artefacts of the last five published releases stay, however often they restart or fail; older ones go', async () => {
  const home = await temporaryFolder();
  const folders = Object.fromEntries(
    ['artefacts', 'caches', 'appLogs', 'buildLogs'].map((name) => [name, join(home, name)]),
  ) as Record<'artefacts' | 'caches' | 'appLogs' | 'buildLogs', string>;
  const hosted = await project();
  const release = (versionId: string, number: number, cause?: 'RESTART') =>
    db.system(async (tx) => {
      const row = await addRelease(tx, {
        ...{ tenantId: hosted.tenant_id, projectId: hosted.id, versionId, kind: 'PUBLISHED' },
        artefactDigest: `sha256:published${number}`,
        seat: 7,
        ...(cause ? { cause } : {}),
      });
      await activateRelease(tx, db, row);
      await sweepReleases(tx, 0);
    });
  for (const number of [1, 2, 3, 4, 5, 6, 7]) await release(await version(hosted, number), number);
  const last = await version(hosted, 8);
  for (const cause of [undefined, 'RESTART', 'RESTART', 'RESTART', 'RESTART', 'RESTART'] as const) {
    await release(last, 8, cause);
  }
  for (const number of [9, 10, 11, 12, 13]) {
    const failed = { tenantId: hosted.tenant_id, projectId: hosted.id, versionId: last, kind: 'PUBLISHED' } as const;
    const row = await db.system((tx) =>
      addRelease(tx, { ...failed, artefactDigest: `sha256:failed${number}`, seat: 7 }),
    );
    await db.system((tx) => failRelease(tx, row, 'no'));
  }
  const old = new Date(Date.now() - 3600_000);
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const path = join(folders.artefacts, `published${number}`);
    await mkdir(path, { recursive: true });
    await utimes(path, old, old);
  }
  const collector = createCollector({
    ...{ db, folders, artefacts: createArtefactStore(folders.artefacts), templates: async () => [] },
    onError: (error) => {
      throw error;
    },
  });
  collector.collect();
  await collector.close();
  expect((await readdir(folders.artefacts)).sort()).toEqual([4, 5, 6, 7, 8].map((number) => `published${number}`));
});
