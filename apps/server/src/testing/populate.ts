import { type RawBuilder, sql } from 'kysely';
import type { Database, Id, Tx } from '../platform/db/index.ts';
import { createProject, createTenant, type TestTenant } from './fixtures.ts';

export interface PopulatedTenant extends TestTenant {
  projectId: Id;
  conversationId: Id;
  versionId: Id;
  turnId: Id;
  taskId: Id;
  costEventId: Id;
  invoiceId: Id;
  ledgerId: Id;
  issueId: string;
}

const insert = async (tx: Tx, statement: RawBuilder<{ id: string }>): Promise<string> => {
  const { rows } = await statement.execute(tx);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the statement returned no row');
  return id;
};

/** A tenant with a row in every table that tenants own: for tests that loop over the catalogue. */
export async function populateTenant(db: Database, email: string): Promise<PopulatedTenant> {
  const tenant = await createTenant(db, { email });
  const project = await createProject(db, tenant);
  return db.system(async (tx) => {
    const work = await addWork(tx, tenant, project);
    await addKept(tx, tenant, project.projectId);
    const money = await addMoney(tx, tenant);
    await addCredit(tx, tenant, { ...project, ...work });
    return { ...tenant, ...project, ...work, ...money };
  });
}

async function addWork(
  tx: Tx,
  { tenantId, userId, environmentId }: TestTenant,
  { projectId, conversationId }: { projectId: Id; conversationId: Id },
) {
  const turnId = await insert(
    tx,
    sql`
    insert into turn (tenant_id, project_id, environment_id, conversation_id, user_id)
    values (${tenantId}, ${projectId}, ${environmentId}, ${conversationId}, ${userId}) returning id`,
  );
  const versionId = await insert(
    tx,
    sql`
    insert into project_version (tenant_id, project_id, version_number, commit_sha, tree_sha, turn_id, source)
    values (${tenantId}, ${projectId}, 1, 'c0', 't0', ${turnId}, 'TEMPLATE') returning id`,
  );
  const taskId = await insert(
    tx,
    sql`
    insert into activity (tenant_id, project_id, conversation_id, turn_id, seq, agent_role, event_type)
    values (${tenantId}, ${projectId}, ${conversationId}, ${turnId}, 1, 'talkide-pm', 'TASK_STARTED') returning id`,
  );
  const issueId = await insert(
    tx,
    sql`
    insert into issue (tenant_id, target, project_id, tenant_slug, reporter_agent, title, description, kind)
    values (${tenantId}, 'PROJECT', ${projectId}, 'slug', 'MARA', 'It is broken', '', 'BUG') returning id`,
  );
  await sql`
    insert into issue_comment (tenant_id, issue_id, author_agent, body)
    values (${tenantId}, ${issueId}, 'MARA', 'Seen before')`.execute(tx);
  await sql`
    insert into message (tenant_id, conversation_id, turn_id, role, content)
    values (${tenantId}, ${conversationId}, ${turnId}, 'USER', 'Hello')`.execute(tx);
  await sql`
    insert into build (tenant_id, project_id, version_id, kind)
    values (${tenantId}, ${projectId}, ${versionId}, 'IMAGE')`.execute(tx);
  await sql`
    insert into release (tenant_id, project_id, version_id, kind, artefact_digest, status)
    values (${tenantId}, ${projectId}, ${versionId}, 'PREVIEW', 'd0', 'ACTIVE')`.execute(tx);
  await sql`
    insert into environment_cutover_log (tenant_id, environment_id, old_namespace_ref, new_namespace_ref)
    values (${tenantId}, ${environmentId}, 'tenant-x', 'x-talkide')`.execute(tx);
  await sql`insert into todo (tenant_id, title) values (${tenantId}, 'Buy flour')`.execute(tx);
  await sql`
    insert into personal_token (user_id, tenant_id, name, token_hash, prefix)
    values (${userId}, ${tenantId}, 'laptop', ${`hash of ${tenantId}`}, 'tk_')`.execute(tx);
  await sql`select append_event(${tenantId}, ${projectId}, 'project.created', '{}')`.execute(tx);
  return { turnId, versionId, taskId, issueId };
}

/** What owners do with an application, and how it does. */
async function addKept(tx: Tx, { tenantId, userId }: TestTenant, projectId: Id): Promise<void> {
  await sql`
    insert into project_variable (tenant_id, project_id, kind, name, sealed, updated_by)
    values (${tenantId}, ${projectId}, 'PREVIEW', 'STRIPE_KEY', 'sealed', ${userId})`.execute(tx);
  await sql`
    insert into data_change (tenant_id, project_id, user_id, kind, command, table_name, rows)
    values (${tenantId}, ${projectId}, ${userId}, 'PUBLISHED', 'DELETE', 'guest', 1)`.execute(tx);
  await sql`
    insert into egress_hour (tenant_id, project_id, hour, kind, host, requests)
    values (${tenantId}, ${projectId}, date_trunc('hour', now(), 'UTC'), 'PREVIEW', 'api.example', 1)`.execute(tx);
  await sql`
    insert into app_metric (tenant_id, project_id, kind, at, requests, latency)
    values (${tenantId}, ${projectId}, 'PREVIEW', date_bin('5 minutes', now(), 'epoch'), 1, '{1}')`.execute(tx);
  await sql`
    insert into custom_domain (tenant_id, project_id, hostname, proof_token, created_by)
    values (${tenantId}, ${projectId}, ${`www.p${projectId}.example.com`}, 'token', ${userId})`.execute(tx);
  await sql`
    insert into upload (tenant_id, project_id, kind, name, object_key, bytes, type)
    values (${tenantId}, ${projectId}, 'PREVIEW', 'photo.jpg', ${`apps/p${projectId}/photo`}, 1, 'image/jpeg')`.execute(
    tx,
  );
  await sql`
    insert into checkpoint (tenant_id, project_id, status, object_key, bytes)
    values (${tenantId}, ${projectId}, 'KEPT', ${`checkpoints/${projectId}/1`}, 1)`.execute(tx);
  await sql`
    insert into slug_redirect (slug, tenant_id, project_id, reserved_until)
    values (${`earlier-${projectId}`}, ${tenantId}, ${projectId}, now() + interval '90 days')`.execute(tx);
}

async function addCredit(
  tx: Tx,
  { tenantId, userId }: TestTenant,
  { projectId, turnId }: { projectId: Id; turnId: Id },
): Promise<void> {
  await sql`insert into project_budget (tenant_id, project_id, monthly_cap_usd) values (${tenantId}, ${projectId}, 5)`.execute(
    tx,
  );
  await sql`
    insert into credit_hold (tenant_id, user_id, project_id, turn_id, holder, amount_usd, expires_at)
    values (${tenantId}, ${userId}, ${projectId}, ${turnId}, gen_random_uuid(), 0.5, now() + interval '1 hour')`.execute(
    tx,
  );
  await sql`
    insert into credit_entry (tenant_id, user_id, kind, amount_usd, source)
    values (${tenantId}, ${userId}, 'STARTING', 5, ${`starting:${userId}`})`.execute(tx);
  await sql`insert into credit_topup (tenant_id, user_id, amount_usd) values (${tenantId}, ${userId}, 10)`.execute(tx);
}

async function addMoney(tx: Tx, { tenantId, userId, environmentId }: TestTenant) {
  await sql`
    insert into usage_event (tenant_id, user_id, model, raw_cost_usd, charged_cost_usd, executor_type)
    values (${tenantId}, ${userId}, 'talkide-demo', 0.5, 0.6, 'NETWORK_WORKER')`.execute(tx);
  await sql`
    insert into api_usage_ledger (tenant_id, user_id, raw_cost_usd, charged_cost_usd, window_start, window_end)
    values (${tenantId}, ${userId}, 0.5, 0.6, '2026-11-01Z', '2026-11-02Z')`.execute(tx);
  const costEventId = await insert(
    tx,
    sql`
    insert into hosting_cost_event
      (tenant_id, environment_id, resource_kind, window_start, window_end, raw_cost_usd, charged_cost_usd)
    values (${tenantId}, ${environmentId}, 'CPU', '2026-11-01 10:00Z', '2026-11-01 11:00Z', 0.1, 0.12) returning id`,
  );
  const ledgerId = await insert(
    tx,
    sql`
    insert into hosting_credit_ledger (tenant_id, environment_id, type, source, raw_amount_usd, charged_amount_usd,
      markup_percent_snapshot, hosting_cost_event_id)
    values (${tenantId}, ${environmentId}, 'DEBIT', 'HOSTING_USAGE', 0.1, 0.12, 20, ${costEventId}) returning id`,
  );
  const invoiceId = await insert(
    tx,
    sql`
    insert into hosting_invoice (tenant_id, period_start, period_end, total_charged_usd)
    values (${tenantId}, '2026-11-01Z', '2026-12-01Z', 0.12) returning id`,
  );
  await sql`
    insert into hosting_invoice_line
      (tenant_id, invoice_id, environment_id, charged_amount_usd, environment_name_snapshot)
    values (${tenantId}, ${invoiceId}, ${environmentId}, 0.12, 'TalkIDE')`.execute(tx);
  await sql`
    insert into hosting_billing_account (tenant_id, current_period_start, current_period_end)
    values (${tenantId}, '2026-11-01Z', '2026-12-01Z')`.execute(tx);
  await sql`
    insert into hosting_enforcement_log (tenant_id, action, reason)
    values (${tenantId}, 'WARN', 'CAP_REACHED')`.execute(tx);
  return { costEventId, ledgerId, invoiceId };
}
