import { randomBytes } from 'node:crypto';
import type { Database, Id } from '../platform/db/index.ts';

export interface TestTenant {
  userId: Id;
  tenantId: Id;
  environmentId: Id;
}

/** A person with a tenant and its DEFAULT environment, as sign-up and the first action leave them. */
export function createTenant(db: Database, { email }: { email: string }): Promise<TestTenant> {
  const slug = `t-${randomBytes(6).toString('hex')}`;
  return db.system(async (tx) => {
    const { id: userId } = await tx
      .insertInto('users')
      .values({ email, password_hash: 'not a hash', name: email.split('@')[0] ?? email })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: tenantId } = await tx
      .insertInto('tenant')
      .values({ name: slug, slug, owner_id: userId })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: environmentId } = await tx
      .insertInto('environment')
      .values({ tenant_id: tenantId, kind: 'DEFAULT', name: 'TalkIDE', slug: 'talkide', deletable: false })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { userId, tenantId, environmentId };
  });
}

/** A project of that tenant with an ACTIVE conversation. */
export function createProject(db: Database, tenant: TestTenant): Promise<{ projectId: Id; conversationId: Id }> {
  const slug = `p-${randomBytes(6).toString('hex')}`;
  return db.tenant(tenant.tenantId, async (tx) => {
    const { id: projectId } = await tx
      .insertInto('project')
      .values({ tenant_id: tenant.tenantId, name: slug, slug, stack_id: 'typescript-fastify-vue' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: conversationId } = await tx
      .insertInto('conversation')
      .values({ tenant_id: tenant.tenantId, project_id: projectId, user_id: tenant.userId })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { projectId, conversationId };
  });
}
