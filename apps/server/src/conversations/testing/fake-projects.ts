import type { ProjectsPort, TreeCommit } from '../ports.ts';

export interface FakeProjects extends ProjectsPort {
  /** What the next commits are; null: nothing changed; an error: git fails. */
  readonly commits: (TreeCommit | null | Error)[];
  readonly calls: { call: 'commitTree' | 'readyTree' | 'cleanTree' | 'announce'; projectId: string; about?: unknown }[];
}

/** The projects module as far as conversations see it: real rows, a tree that changes as the test says. */
export function fakeProjects(): FakeProjects {
  const commits: FakeProjects['commits'] = [];
  const calls: FakeProjects['calls'] = [];
  return {
    commits,
    calls,
    get: async (tx, projectId) =>
      (await tx.selectFrom('project').selectAll().where('id', '=', projectId).executeTakeFirst()) ?? null,
    commitTree: async (project, about) => {
      calls.push({ call: 'commitTree', projectId: project.id, about });
      const commit = commits.shift() ?? null;
      if (commit instanceof Error) throw commit;
      return commit;
    },
    readyTree: async (project) => {
      calls.push({ call: 'readyTree', projectId: project.id });
    },
    cleanTree: async (project, about) => {
      calls.push({ call: 'cleanTree', projectId: project.id, about });
    },
    addVersion: async (tx, { project, commit, tree, description, turnId, files }) => {
      const count = await tx
        .selectFrom('project_version')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('project_id', '=', project.id)
        .executeTakeFirstOrThrow();
      const versionNumber = Number(count.count) + 1;
      const row = await tx
        .insertInto('project_version')
        .values({
          tenant_id: project.tenant_id,
          project_id: project.id,
          version_number: versionNumber,
          commit_sha: commit,
          tree_sha: tree,
          description,
          source: 'TURN',
          turn_id: turnId,
          files_changed: JSON.stringify(files),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { id: row.id, versionNumber, commit };
    },
    announce: async (_tx, projectId) => {
      calls.push({ call: 'announce', projectId });
    },
  };
}
