import { join } from 'node:path';
import type { TurnAssignment } from '@talkide/contracts';
import { agentOptions } from './agent-options.ts';
import { type AgentSession, openSession } from './agent-session.ts';
import type { ProjectFacts, Team } from './agents.ts';
import type { ControlClient } from './control-client.ts';
import { createPlatformSeat, type PlatformSeat } from './platform-seat.ts';
import type { ModelDoor, RelaySeat } from './relay.ts';
import { killStrays } from './strays.ts';
import { sessionStart } from './transcripts.ts';

export type PoolOptions = {
  client: Pick<ControlClient, 'look' | 'packages'>;
  team: Team;
  door: ModelDoor;
  home: string;
  claudeFolder: string;
  workspace: string;
  path: string;
  tempFolder: string | null;
  maxRetries: number;
  /** How long a session without a turn stays open; 0 closes it at once. */
  warmMs: number;
};

/** A session for the length of one turn. */
export type TurnSession = {
  session: AgentSession;
  cwd: string;
  /** The session is new to the control plane. */
  isNew: boolean;
  /** There was a conversation whose transcript is gone. */
  lost: boolean;
  /** Tells which role a sub agent plays. */
  nameAgent(agentId: string, role: string): void;
  /** Ends what its commands left running, calls off what the platform does for it and revokes the turn's token; a healthy session is kept warm. */
  release(healthy: boolean): void;
};

export type SessionPool = { take(turn: TurnAssignment): TurnSession; closeAll(): void };

type Kept = {
  session: AgentSession;
  seat: RelaySeat;
  tools: PlatformSeat;
  likeness: string;
  timer: NodeJS.Timeout | null;
};

/** Everything that is fixed when the agent process starts. */
const likenessOf = (turn: TurnAssignment, facts: ProjectFacts) => JSON.stringify([turn.model, facts]);

/** Holds the agent processes, at most one a conversation, so that two never write one transcript. */
export function createSessionPool(options: PoolOptions): SessionPool {
  const { client, team, door, home, claudeFolder, workspace, path, tempFolder, maxRetries, warmMs } = options;
  const kept = new Map<string, Kept>();

  function drop(conversationId: string): void {
    const entry = kept.get(conversationId);
    if (!entry) return;
    kept.delete(conversationId);
    if (entry.timer) clearTimeout(entry.timer);
    entry.session.close();
    entry.seat.close();
    entry.tools.close();
    killStrays(entry.seat.key, null);
  }

  function open(turn: TurnAssignment, facts: ProjectFacts): Kept & { lost: boolean; isNew: boolean } {
    const start = sessionStart(turn, claudeFolder, facts.cwd);
    const seat = door.seat();
    const tools = createPlatformSeat(client, facts.cwd);
    const place = { home, path, tempFolder, key: seat.key, access: seat.access, maxRetries, tools };
    const session = openSession(agentOptions(team, facts, turn.model, place, start), start.sessionId);
    const isNew = start.sessionId !== turn.sessionId;
    return { session, seat, tools, likeness: likenessOf(turn, facts), timer: null, lost: start.lost, isNew };
  }

  return {
    take(turn) {
      const facts: ProjectFacts = {
        cwd: join(workspace, turn.tree),
        projectName: turn.projectName,
        locale: turn.locale,
        stack: turn.stack,
      };
      const warm = kept.get(turn.conversationId);
      const fits =
        warm?.session.alive() && warm.session.sessionId === turn.sessionId && warm.likeness === likenessOf(turn, facts);
      if (!fits) drop(turn.conversationId);
      const entry = warm && fits ? { ...warm, lost: false, isNew: false } : open(turn, facts);
      if (warm?.timer) clearTimeout(warm.timer);
      kept.set(turn.conversationId, { ...entry, timer: null });
      entry.seat.setToken(turn.gatewayToken);
      entry.tools.open(turn);
      return {
        session: entry.session,
        cwd: facts.cwd,
        isNew: entry.isNew,
        lost: entry.lost,
        nameAgent: entry.seat.nameAgent,
        release(healthy) {
          entry.seat.setToken(null);
          entry.tools.close();
          killStrays(entry.seat.key, entry.session.pid());
          if (!healthy || warmMs === 0 || !entry.session.alive()) return drop(turn.conversationId);
          const timer = setTimeout(() => drop(turn.conversationId), warmMs);
          timer.unref();
          kept.set(turn.conversationId, { ...entry, timer });
        },
      };
    },
    closeAll() {
      for (const conversationId of [...kept.keys()]) drop(conversationId);
    },
  };
}
