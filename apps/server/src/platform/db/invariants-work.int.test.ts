import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PopulatedTenant, populateTenant, rejectedBy, testDatabase } from '../../testing/index.ts';

const { db } = await testDatabase();
let ada: PopulatedTenant;
let bob: PopulatedTenant;
beforeAll(async () => {
  ada = await populateTenant(db, 'ada@example.com');
  bob = await populateTenant(db, 'bob@example.com');
});

const rejected = (statement: Parameters<typeof rejectedBy>[1]) => rejectedBy(db, statement);

describe('projects', () => {
  const project = (slug: string, tenantId = ada.tenantId) =>
    sql`insert into project (tenant_id, name, slug, stack_id) values (${tenantId}, 'P', ${slug}, 's')`;

  it('have an address of their own across all tenants, a DNS label that is not reserved', async () => {
    expect(await rejected(project('bakery'))).toBeUndefined();
    expect(await rejected(project('bakery', bob.tenantId))).toBe('project_slug_key');
    for (const slug of ['', 'Bakery', '-bakery', 'bakery-', 'a.b', 'a'.repeat(64)]) {
      expect(await rejected(project(slug)), slug).toBe('project_slug_check');
    }
    expect(await rejected(project('gateway'))).toBe('project_slug_not_reserved');
    expect(await rejected(sql`update project set slug = 'www' where slug = 'bakery'`)).toBe(
      'project_slug_not_reserved',
    );
  });

  it.each([
    ['status', 'DELETED', 'project_status_check'],
    ['previous_status', 'DELETED', 'project_previous_status_check'],
    ['accent', 'hotpink', 'project_accent_check'],
  ])('refuse %s = %s', async (column, value, constraint) => {
    const change = sql`update project set ${sql.ref(column)} = ${value} where id = ${ada.projectId}`;
    expect(await rejected(change)).toBe(constraint);
  });

  it('have the stack columns of the data model by default', async () => {
    const row = await db.system((tx) =>
      tx.selectFrom('project').selectAll().where('id', '=', ada.projectId).executeTakeFirstOrThrow(),
    );
    expect(row).toMatchObject({
      status: 'DRAFT',
      backend_language: 'Kotlin',
      backend_framework: 'Spring Boot',
      frontend_language: 'TypeScript',
      frontend_framework: 'Vue.js',
    });
  });

  it('share no published address', async () => {
    const publish = (id: string) => sql`update project set url = 'https://one.example' where id = ${id}`;
    expect(await rejected(publish(ada.projectId))).toBeUndefined();
    expect(await rejected(publish(bob.projectId))).toBe('project_url_key');
  });

  it('get another updated_at with every change, in the milliseconds that JavaScript keeps', async () => {
    const change = (name: string) =>
      db.system((tx) =>
        tx
          .updateTable('project')
          .set({ name })
          .where('id', '=', ada.projectId)
          .returning('updated_at')
          .executeTakeFirstOrThrow(),
      );
    const first = await change('One');
    const second = await change('Two');
    expect(second.updated_at.getTime()).toBeGreaterThan(first.updated_at.getTime());
    const guarded = await db.system((tx) =>
      tx
        .updateTable('project')
        .set({ name: 'Three' })
        .where('id', '=', ada.projectId)
        .where('updated_at', '=', second.updated_at)
        .executeTakeFirst(),
    );
    expect(guarded.numUpdatedRows).toBe(1n);
  });
});

describe('versions, builds, releases', () => {
  const version = (number: number, status = 'DRAFT', source = 'TURN') =>
    sql`insert into project_version (tenant_id, project_id, version_number, commit_sha, tree_sha, status, source)
        values (${ada.tenantId}, ${ada.projectId}, ${number}, 'c', 't', ${status}, ${source})`;

  it('number versions once in a project', async () => {
    expect(await rejected(version(1))).toBe('project_version_project_id_version_number_key');
    expect(await rejected(version(0))).toBe('project_version_version_number_check');
    expect(await rejected(version(2, 'NEW'))).toBe('project_version_status_check');
    expect(await rejected(version(2, 'DRAFT', 'MAGIC'))).toBe('project_version_source_check');
  });

  it('know builds of any toolchain, in four statuses', async () => {
    const build = (kind: string, status: string) =>
      sql`insert into build (tenant_id, project_id, kind, status)
          values (${ada.tenantId}, ${ada.projectId}, ${kind}, ${status})`;
    expect(await rejected(build('GRADLE_TEST', 'SUCCESS'))).toBeUndefined();
    expect(await rejected(build('gradle', 'PENDING'))).toBe('build_kind_check');
    expect(await rejected(build('IMAGE', 'LOST'))).toBe('build_status_check');
  });

  it('serve one release at an address', async () => {
    const release = (kind: string, status: string) =>
      sql`insert into release (tenant_id, project_id, version_id, kind, artefact_digest, status)
          values (${ada.tenantId}, ${ada.projectId}, ${ada.versionId}, ${kind}, 'd1', ${status})`;
    expect(await rejected(release('PREVIEW', 'ACTIVE'))).toBe('release_one_active');
    expect(await rejected(release('PREVIEW', 'DRAINING'))).toBeUndefined();
    expect(await rejected(release('PUBLISHED', 'ACTIVE'))).toBeUndefined();
    expect(await rejected(release('PUBLISHED', 'OFF'))).toBe('release_status_check');
    expect(await rejected(release('STAGING', 'STARTING'))).toBe('release_kind_check');
  });
});

describe('conversations', () => {
  const conversation = (status: string) =>
    sql`insert into conversation (tenant_id, project_id, user_id, status)
        values (${ada.tenantId}, ${ada.projectId}, ${ada.userId}, ${status})`;

  it('are ACTIVE one at a time in a project', async () => {
    expect(await rejected(conversation('ACTIVE'))).toBe('conversation_one_active');
    expect(await rejected(conversation('CLOSED'))).toBeUndefined();
    expect(await rejected(conversation('OPEN'))).toBe('conversation_status_check');
    const reopen = sql`update conversation set status = 'ACTIVE' where project_id = ${ada.projectId}`;
    expect(await rejected(reopen)).toBe('conversation_one_active');
  });

  it('move with every message', async () => {
    const updatedAt = () =>
      db.tenant(ada.tenantId, (tx) =>
        tx
          .selectFrom('conversation')
          .select('updated_at')
          .where('id', '=', ada.conversationId)
          .executeTakeFirstOrThrow(),
      );
    const before = await updatedAt();
    await db.tenant(ada.tenantId, (tx) =>
      tx
        .insertInto('message')
        .values({ tenant_id: ada.tenantId, conversation_id: ada.conversationId, role: 'PM', content: 'Done' })
        .execute(),
    );
    expect((await updatedAt()).updated_at.getTime()).toBeGreaterThan(before.updated_at.getTime());
  });

  it('hold messages of known roles and kinds', async () => {
    const message = (role: string, kind: string) =>
      sql`insert into message (tenant_id, conversation_id, role, kind, content)
          values (${ada.tenantId}, ${ada.conversationId}, ${role}, ${kind}, '')`;
    expect(await rejected(message('AGENT', 'TEXT'))).toBe('message_role_check');
    expect(await rejected(message('PM', 'PICTURE'))).toBe('message_kind_check');
  });

  it('run one turn at a time', async () => {
    const turn = (status: string, kind = 'USER') =>
      sql`insert into turn (tenant_id, project_id, environment_id, conversation_id, user_id, status, kind)
          values (${ada.tenantId}, ${ada.projectId}, ${ada.environmentId}, ${ada.conversationId}, ${ada.userId},
                  ${status}, ${kind})`;
    expect(await rejected(turn('RUNNING'))).toBeUndefined();
    expect(await rejected(turn('RUNNING'))).toBe('turn_one_running');
    expect(await rejected(turn('QUEUED', 'REPAIR'))).toBeUndefined();
    expect(await rejected(turn('PAUSED'))).toBe('turn_status_check');
    expect(await rejected(turn('QUEUED', 'CRON'))).toBe('turn_kind_check');
    const token = (id: string) => sql`update turn set token_hash = 'same' where id = ${id}`;
    expect(await rejected(token(ada.turnId))).toBeUndefined();
    expect(await rejected(token(bob.turnId))).toBe('turn_token_hash_key');
  });
});

describe('activities', () => {
  const activity = (seq: number, columns: Record<string, unknown> = {}) => {
    const row = {
      tenant_id: ada.tenantId,
      project_id: ada.projectId,
      conversation_id: ada.conversationId,
      turn_id: ada.turnId,
      seq,
      agent_role: 'talkide-frontend-dev',
      event_type: 'AGENT_MESSAGE',
      ...columns,
    };
    const names = sql.join(Object.keys(row).map((name) => sql.ref(name)));
    return sql<{ id: string }>`insert into activity (${names}) values (${sql.join(Object.values(row))}) returning id`;
  };
  const tool = { event_type: 'TOOL_USE', tool_name: 'Read', tool_category: 'READING' };

  it('are recorded once for a turn and sequence number', async () => {
    expect(await rejected(activity(2))).toBeUndefined();
    expect(await rejected(activity(2))).toBe('activity_turn_id_seq_key');
  });

  it('have tool columns when they are a TOOL_USE, and only then', async () => {
    expect(await rejected(activity(3, { ...tool, tool_summary: 'Reads Home.vue' }))).toBeUndefined();
    expect(await rejected(activity(4, { tool_name: 'Read' }))).toBe('activity_tool_columns');
    expect(await rejected(activity(4, { tool_category: 'READING' }))).toBe('activity_tool_columns');
    expect(await rejected(activity(4, { tool_summary: 'Reads' }))).toBe('activity_tool_columns');
    expect(await rejected(activity(4, { event_type: 'TOOL_USE' }))).toBe('activity_tool_columns');
    expect(await rejected(activity(4, { ...tool, tool_category: 'THINKING' }))).toBe('activity_tool_category_check');
    expect(await rejected(activity(4, { event_type: 'SLEPT' }))).toMatch(/^activity_(event_type_check|tool_columns)$/);
  });

  it('nest below a TASK_STARTED of their conversation', async () => {
    expect(await rejected(activity(5, { parent_activity_id: ada.taskId }))).toBeUndefined();
    const message = await db.system((tx) => activity(6).execute(tx));
    const nested = activity(7, { parent_activity_id: message.rows[0]?.id });
    expect(await rejected(nested)).toBe('activity_parent_is_task_started');
    const foreign = activity(7, { parent_activity_id: bob.taskId });
    expect(await rejected(foreign)).toBe('activity_parent_is_task_started');
  });
});

describe('issues', () => {
  const issue = (target: string, projectId: string | null, columns: Record<string, string> = {}) => {
    const row = {
      tenant_id: ada.tenantId,
      target,
      project_id: projectId,
      tenant_slug: 'ada',
      reporter_agent: 'USER',
      title: 'T',
      description: 'D',
      kind: 'BUG',
      ...columns,
    };
    const names = sql.join(Object.keys(row).map((name) => sql.ref(name)));
    return sql`insert into issue (${names}) values (${sql.join(Object.values(row))})`;
  };

  it('about a project name it, about the platform do not', async () => {
    expect(await rejected(issue('PROJECT', null))).toBe('issue_project_by_target');
    expect(await rejected(issue('PLATFORM', ada.projectId))).toBe('issue_project_by_target');
    expect(await rejected(issue('PLATFORM', null))).toBeUndefined();
  });

  it.each([
    ['reporter_agent', 'ROBOT'],
    ['kind', 'WISH'],
    ['severity', 'SEVERE'],
    ['status', 'CLOSED'],
  ])('refuse an unknown %s', async (column, value) => {
    expect(await rejected(issue('PLATFORM', null, { [column]: value }))).toBe(`issue_${column}_check`);
  });

  it('are changed by triage only; comments by nobody, and they go with the issue', async () => {
    const change = db.tenant(ada.tenantId, (tx) =>
      sql`update issue set status = 'RESOLVED' where id = ${ada.issueId}`.execute(tx),
    );
    await expect(change).rejects.toMatchObject({ code: '42501' });
    expect(await rejected(sql`update issue_comment set body = ''`)).toBe('issue_comment_append_only');
    await db.system((tx) => sql`delete from issue where id = ${ada.issueId}`.execute(tx));
    const { rows } = await db.system((tx) =>
      sql`select from issue_comment where issue_id = ${ada.issueId}`.execute(tx),
    );
    expect(rows).toEqual([]);
  });
});

describe('deleting a project', () => {
  it('takes its work along and leaves what was spent', async () => {
    await db.system((tx) =>
      sql`update usage_event set project_id = ${bob.projectId}, conversation_id = ${bob.conversationId},
                 turn_id = ${bob.turnId} where tenant_id = ${bob.tenantId}`.execute(tx),
    );
    await db.tenant(bob.tenantId, (tx) => tx.deleteFrom('project').where('id', '=', bob.projectId).execute());
    const left = await db.tenant(bob.tenantId, async (tx) => ({
      turns: await tx.selectFrom('turn').select('id').execute(),
      activities: await tx.selectFrom('activity').select('id').execute(),
      spent: await tx.selectFrom('usage_event').select(['project_id', 'conversation_id']).execute(),
    }));
    expect(left).toEqual({
      turns: [],
      activities: [],
      spent: [{ project_id: bob.projectId, conversation_id: bob.conversationId }],
    });
  });
});
