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
  /** A turn begins with this token: its first call need not ask the database. */
  expect(turn: TurnAccess, token: string): void;
  close(): Promise<void>;
}

interface Known {
  turn: TurnAccess;
  /** Zero once its turn has ended. */
  until: number;
}

const TOKEN = /^(?:Bearer )?(tkt_[\w-]{43})$/;
/** A trigger tells of every token that stops being one (migration 0015). */
const CHANNEL = 'talkide_turn_token';
/** Ends the memory of tokens whose end was not heard of. */
const FRESH_MS = 30_000;
const MAX_KNOWN = 10_000;

export async function createTurnTokens(db: Database): Promise<TurnTokens> {
  const known = new Map<string, Known>();
  /** The same by what a call carries, so that it need not be hashed each time. */
  const byHeader = new Map<string, Known>();
  /** Tokens that ended while they were looked up. */
  let ended = 0;

  const forgetAll = () => {
    for (const one of known.values()) one.until = 0;
    known.clear();
    byHeader.clear();
  };

  const read = async (hash: string, given: string): Promise<TurnAccess | null> => {
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
    if (before === ended) keep(hash, given, turn);
    return turn;
  };
  const keep = (hash: string, given: string, turn: TurnAccess) => {
    if (byHeader.size >= MAX_KNOWN) forgetAll();
    // One for all ways in which a token is given, so that all of them end with it.
    const found = known.get(hash) ?? { turn, until: 0 };
    found.until = performance.now() + FRESH_MS;
    known.set(hash, found);
    byHeader.set(given, found);
  };

  const unlisten = await db.listen(
    CHANNEL,
    (hash) => {
      ended += 1;
      const gone = known.get(hash);
      if (gone) gone.until = 0;
      known.delete(hash);
    },
    { onReconnect: forgetAll },
  );
  return {
    expect: (turn, token) => keep(sha256(token), `Bearer ${token}`, turn),
    find: (request) => {
      const given = request.headers.authorization ?? request.headers['x-api-key'];
      if (typeof given !== 'string') return null;
      const kept = byHeader.get(given);
      if (kept && kept.until > performance.now()) return kept.turn;
      byHeader.delete(given);
      const token = TOKEN.exec(given)?.[1];
      return token ? read(sha256(token), given) : null;
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
