import { sql } from 'kysely';
import { addEntry } from '../../credit/index.ts';
import type { Database, TurnKind, TurnStatus } from '../../platform/db/index.ts';
import { createProject, type TestTenant } from '../../testing/index.ts';
import type { TestBrowser } from '../../testing/people/index.ts';

export interface Place {
  projectId: string;
  conversationId: string;
}

/** Somebody who spends, and the projects on which she does. */
export interface Spender extends TestTenant {
  browser: TestBrowser;
  project(): Promise<Place>;
  turn(place: Place, facts?: Partial<TurnFacts>): Promise<string>;
  call(turn: { place: Place; turnId: string | null }, facts?: Partial<CallFacts>): Promise<string>;
  waive(turnId: string, amountUsd: string): Promise<void>;
}

export interface TurnFacts {
  kind: TurnKind;
  status: TurnStatus;
  prompt: string | null;
  costUsd: string;
}

export interface CallFacts {
  at: string;
  chargedUsd: string;
  rawUsd: string;
  model: string;
  agentRole: string | null;
  inputTokens: number;
  outputTokens: number;
  estimated: boolean;
}

/** A person who has signed up; `browser` is hers. */
export async function spender(db: Database, browser: TestBrowser): Promise<Spender> {
  const { me } = await browser.signUp();
  const tenantId = me.tenant.id;
  const environment = await db.system((tx) =>
    tx
      .insertInto('environment')
      .values({ tenant_id: tenantId, kind: 'DEFAULT', name: 'TalkIDE', slug: 'talkide', deletable: false })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  const tenant: TestTenant = { userId: me.id, tenantId, environmentId: environment.id };
  return {
    ...tenant,
    browser,
    project: () => createProject(db, tenant),
    turn: (place, facts = {}) => addTurn(db, tenant, place, facts),
    call: (turn, facts = {}) => addCall(db, tenant, turn, facts),
    waive: async (turnId, amountUsd) => {
      const source = `waiver:${turnId}:${crypto.randomUUID()}`;
      const entry = { tenantId, userId: me.id, kind: 'WAIVER', amountUsd, turnId, source } as const;
      await db.system((tx) => addEntry(tx, entry));
    },
  };
}

function addTurn(db: Database, tenant: TestTenant, place: Place, facts: Partial<TurnFacts>): Promise<string> {
  const { kind = 'USER', status = 'SUCCEEDED', prompt = 'Make it green', costUsd = '0' } = facts;
  return db.system(async (tx) => {
    const message = prompt === null ? null : await addMessage();
    const turn = await tx
      .insertInto('turn')
      .values({
        tenant_id: tenant.tenantId,
        project_id: place.projectId,
        environment_id: tenant.environmentId,
        conversation_id: place.conversationId,
        user_id: tenant.userId,
        message_id: message,
        charged_cost_usd: costUsd,
        kind,
        status,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return turn.id;

    async function addMessage(): Promise<string> {
      const row = await tx
        .insertInto('message')
        .values({
          tenant_id: tenant.tenantId,
          conversation_id: place.conversationId,
          role: 'USER',
          content: prompt ?? '',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return row.id;
    }
  });
}

async function addCall(
  db: Database,
  { tenantId, userId }: TestTenant,
  { place, turnId }: { place: Place; turnId: string | null },
  facts: Partial<CallFacts>,
): Promise<string> {
  const { chargedUsd = '0.5', inputTokens = 100, outputTokens = 10 } = facts;
  const row = await db.system((tx) =>
    tx
      .insertInto('usage_event')
      .values({
        ...{ tenant_id: tenantId, user_id: userId, turn_id: turnId },
        ...{ project_id: place.projectId, conversation_id: place.conversationId },
        agent_role: facts.agentRole === undefined ? 'talkide-pm' : facts.agentRole,
        model: facts.model ?? 'talkide-demo',
        input_tokens: String(inputTokens),
        output_tokens: String(outputTokens),
        raw_cost_usd: facts.rawUsd ?? chargedUsd,
        charged_cost_usd: chargedUsd,
        executor_type: 'NETWORK_WORKER',
        estimated: facts.estimated ?? false,
        created_at: sql<Date>`coalesce(${facts.at ?? null}::timestamptz, now())`,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return row.id;
}
