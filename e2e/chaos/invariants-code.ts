import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { STANDS_AT } from '../../apps/server/src/projects/git/scripts.ts';
import { visit } from '../support/api.ts';
import type { Stage } from './stage.ts';

const run = promisify(execFile);

interface ProjectRow {
  id: string;
  environment_id: string;
  slug: string;
  preview_uuid: string;
  commit_sha: string;
  published: boolean;
}

/**
 * Every working tree is clean at the commit of its newest version, and every address answers. `cutOff`: projects in which
 * work by hand may have been cut off; the next who is given such a tree cleans it, and until then nobody says where it stands.
 */
export async function codeFaults(stage: Stage, cutOff: Set<string>): Promise<string[]> {
  const projects = await stage.query<ProjectRow>(
    `select p.id, coalesce(p.environment_id, (select e.id from environment e
                   where e.tenant_id = p.tenant_id and e.kind = 'DEFAULT')) as environment_id, p.slug, p.preview_uuid,
            (select v.commit_sha from project_version v where v.project_id = p.id order by v.id desc limit 1) as commit_sha,
            exists (select from release r where r.project_id = p.id and r.kind = 'PUBLISHED' and r.status = 'ACTIVE') as published
       from project p`,
  );
  const found = await Promise.all(projects.map((project) => projectFaults(stage, project, cutOff)));
  return found.flat();
}

/** Every object of every repository is whole. Takes longer the more versions there are. */
export async function repositoryFaults({ home }: Stage): Promise<string[]> {
  const names = await readdir(join(home, 'repositories'));
  const checked = names.map((name) => run('git', ['fsck', '--no-dangling'], { env: gitEnv(home, name) }));
  return (await Promise.allSettled(checked)).flatMap((one) =>
    one.status === 'rejected' ? [`a repository is broken: ${one.reason}`] : [],
  );
}

const gitEnv = (home: string, repository: string) => ({
  PATH: process.env.PATH,
  GIT_DIR: join(home, 'repositories', repository),
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
});

async function projectFaults(stage: Stage, project: ProjectRow, cutOff: Set<string>): Promise<string[]> {
  const found = await treeFaults(stage, project, cutOff);
  const { port } = new URL(stage.url);
  const labels = [project.preview_uuid, ...(project.published ? [project.slug] : [])];
  for (const label of labels) {
    const { status, body } = await visit(`http://${label}.localhost:${port}`);
    if (status !== 200) found.push(`${label} of project ${project.id} answers ${status}: ${body.slice(0, 200)}`);
  }
  return found;
}

async function treeFaults(
  stage: Stage,
  { id, environment_id, commit_sha }: ProjectRow,
  cutOff: Set<string>,
): Promise<string[]> {
  const standsAt = await readFile(join(stage.home, 'repositories', `${id}.git`, STANDS_AT), 'utf8').catch(() => '');
  if (standsAt !== commit_sha) {
    return cutOff.has(id) ? [] : [`the tree of project ${id} stands at ${standsAt || 'nobody knows what'}`];
  }
  cutOff.delete(id);
  const scratch = await mkdtemp(join(tmpdir(), 'tk-chaos-'));
  const tree = join(stage.home, 'environments', environment_id, 'trees', id);
  const env = { ...gitEnv(stage.home, `${id}.git`), GIT_WORK_TREE: tree, GIT_INDEX_FILE: join(scratch, 'index') };
  const git = async (...args: string[]) => (await run('git', args, { env, cwd: tree })).stdout.trim();
  try {
    const found: string[] = [];
    const head = await git('rev-parse', 'refs/heads/main');
    if (head !== commit_sha) found.push(`main of project ${id} is ${head}, its newest version ${commit_sha}`);
    await git('read-tree', commit_sha);
    const dirty = await git('status', '--porcelain');
    if (dirty) found.push(`the tree of project ${id} is not clean: ${dirty}`);
    return found;
  } catch (error) {
    return [`git of project ${id} failed: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    await rm(scratch, { recursive: true });
  }
}
