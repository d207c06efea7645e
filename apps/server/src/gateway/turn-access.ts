import { AgentRole } from '@talkide/contracts';
import type { FastifyRequest } from 'fastify';
import type { Database, TurnRow } from '../platform/db/index.ts';
import { sha256 } from '../platform/secrets.ts';

const TOKEN = /^(?:Bearer )?(tkt_[\w-]{43})$/;

/** The running turn that a gateway token belongs to; null when it has ended, or the token is not known. */
export async function turnOfToken(db: Database, request: FastifyRequest): Promise<TurnRow | null> {
  const given = request.headers.authorization ?? request.headers['x-api-key'];
  const token = typeof given === 'string' ? TOKEN.exec(given)?.[1] : undefined;
  if (!token) return null;
  const turn = await db.system((tx) =>
    tx
      .selectFrom('turn')
      .selectAll()
      .where('token_hash', '=', sha256(token))
      .where('status', '=', 'RUNNING')
      .executeTakeFirst(),
  );
  return turn ?? null;
}

/**
 * The role that makes a call, as far as its headers tell. The agent names subagents by an id only, so their role is known
 * when the worker says it; a call without such an id is Mara's.
 */
export function roleOf(request: FastifyRequest): AgentRole | null {
  const named = AgentRole.safeParse(request.headers['x-talkide-agent-role']).data;
  if (named) return named;
  return request.headers['x-claude-code-agent-id'] === undefined ? 'talkide-pm' : null;
}
