import type { IncomingMessage } from 'node:http';
import { AgentRole } from '@talkide/contracts';
import type { Database } from '../../platform/db/index.ts';
import { sha256 } from '../../platform/secrets.ts';

/** A running turn that may call the model. */
export interface TurnAccess {
  id: string;
  tenantId: string;
  userId: string;
  projectId: string;
  conversationId: string;
}

/** Knows which tokens are those of running turns. */
export interface TurnTokens {
  /** The turn of a call's token; null when it has ended, or the token is not known. */
  find(request: IncomingMessage): TurnAccess | null | Promise<TurnAccess | null>;
  close(): Promise<void>;
}

const TOKEN = /^(?:Bearer )?(tkt_[\w-]{43})$/;
/** A trigger tells of every token that stops being one (migration 0015). */
const CHANNEL = 'talkide_turn_token';
/** Ends the memory of tokens whose end was not heard of. */
const FRESH_MS = 30_000;
const MAX_KNOWN = 10_000;

export async function createTurnTokens(db: Database): Promise<TurnTokens> {
  const known = new Map<string, { turn: TurnAccess; until: number }>();
  /** Tokens that ended while they were looked up. */
  let ended = 0;

  const read = async (hash: string): Promise<TurnAccess | null> => {
    const before = ended;
    const row = await db.system((tx) =>
      tx
        .selectFrom('turn')
        .select(['id', 'tenant_id', 'user_id', 'project_id', 'conversation_id'])
        .where('token_hash', '=', hash)
        .where('status', '=', 'RUNNING')
        .executeTakeFirst(),
    );
    if (!row) return null;
    const turn: TurnAccess = {
      id: row.id,
      tenantId: row.tenant_id,
      userId: row.user_id,
      projectId: row.project_id,
      conversationId: row.conversation_id,
    };
    if (before === ended) {
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(hash, { turn, until: performance.now() + FRESH_MS });
    }
    return turn;
  };

  const unlisten = await db.listen(
    CHANNEL,
    (hash) => {
      ended += 1;
      known.delete(hash);
    },
    { onReconnect: () => known.clear() },
  );
  return {
    find: (request) => {
      const given = request.headers.authorization ?? request.headers['x-api-key'];
      const token = typeof given === 'string' ? TOKEN.exec(given)?.[1] : undefined;
      if (!token) return null;
      const hash = sha256(token);
      const kept = known.get(hash);
      return kept && kept.until > performance.now() ? kept.turn : read(hash);
    },
    close: () => unlisten(),
  };
}

const roles: ReadonlySet<string> = new Set(AgentRole.options);

/**
 * The role that makes a call, as far as its headers tell. The agent names subagents by an id only, so their role is known
 * when the worker says it; a call without such an id is Mara's.
 */
export function roleOf({ headers }: IncomingMessage): AgentRole | null {
  const named = headers['x-talkide-agent-role'];
  if (typeof named === 'string' && roles.has(named)) return named as AgentRole;
  return headers['x-claude-code-agent-id'] === undefined ? 'talkide-pm' : null;
}
