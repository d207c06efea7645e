import type { ConversationRow, Tx } from '../../platform/db/index.ts';

export async function findConversation(tx: Tx, tenantId: string, id: string): Promise<ConversationRow | undefined> {
  return tx
    .selectFrom('conversation')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/**
 * Every transaction that writes to a conversation takes the project first, then the conversation, then its turn: one order
 * for all, so that none waits for another in a circle. `version`: it will add a version, which changes the project.
 */
export async function lockConversation(
  tx: Tx,
  tenantId: string,
  id: string,
  purpose: 'message' | 'version' = 'message',
): Promise<ConversationRow | undefined> {
  const project = tx
    .selectFrom('project')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', (eb) =>
      eb.selectFrom('conversation').select('project_id').where('tenant_id', '=', tenantId).where('id', '=', id),
    );
  await (purpose === 'version' ? project.forUpdate() : project.forKeyShare()).execute();
  return tx
    .selectFrom('conversation')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function findActive(tx: Tx, tenantId: string, projectId: string): Promise<ConversationRow | undefined> {
  return tx
    .selectFrom('conversation')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('project_id', '=', projectId)
    .where('status', '=', 'ACTIVE')
    .executeTakeFirst();
}

/** The active conversation of a project, made when there is none. Safe against a second caller. */
export async function activeConversation(
  tx: Tx,
  owner: { tenantId: string; projectId: string; userId: string },
): Promise<ConversationRow> {
  const found = await findActive(tx, owner.tenantId, owner.projectId);
  if (found) return found;
  const made = await tx
    .insertInto('conversation')
    .values({ tenant_id: owner.tenantId, project_id: owner.projectId, user_id: owner.userId })
    .onConflict((conflict) => conflict.column('project_id').where('status', '=', 'ACTIVE').doNothing())
    .returningAll()
    .executeTakeFirst();
  const active = made ?? (await findActive(tx, owner.tenantId, owner.projectId));
  if (!active) throw new Error(`project ${owner.projectId} has no active conversation`);
  return active;
}

export async function closeConversation(tx: Tx, tenantId: string, id: string): Promise<ConversationRow | undefined> {
  return tx
    .updateTable('conversation')
    .set({ status: 'CLOSED' })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'ACTIVE')
    .returningAll()
    .executeTakeFirst();
}

/** Gives an untitled conversation its title. */
export async function setTitle(tx: Tx, tenantId: string, id: string, title: string): Promise<void> {
  await tx
    .updateTable('conversation')
    .set({ title })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('title', '=', '')
    .execute();
}

export async function setSession(tx: Tx, tenantId: string, id: string, sessionId: string): Promise<void> {
  await tx
    .updateTable('conversation')
    .set({ session_id: sessionId })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/** Newest first. */
export async function listConversations(
  tx: Tx,
  filter: { tenantId: string; projectId: string; beforeId: string | null; limit: number },
): Promise<ConversationRow[]> {
  const query = tx
    .selectFrom('conversation')
    .selectAll()
    .where('tenant_id', '=', filter.tenantId)
    .where('project_id', '=', filter.projectId)
    .orderBy('id', 'desc')
    .limit(filter.limit);
  return (filter.beforeId ? query.where('id', '<', filter.beforeId) : query).execute();
}
