import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TurnAssignment } from '@talkide/contracts';
import type { SessionStart } from './agent-options.ts';

/** Where the agent keeps the transcript of a session, below its folder. */
export function transcriptFile(claudeFolder: string, cwd: string, sessionId: string): string {
  return join(claudeFolder, 'projects', cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${sessionId}.jsonl`);
}

/** How to start a turn's session; `lost` when there was one and its transcript is gone. */
export function sessionStart(
  turn: Pick<TurnAssignment, 'sessionId' | 'newSessionId'>,
  claudeFolder: string,
  cwd: string,
): SessionStart & { lost: boolean } {
  const known = (id: string | null): id is string => id !== null && existsSync(transcriptFile(claudeFolder, cwd, id));
  if (known(turn.sessionId)) return { kind: 'resume', sessionId: turn.sessionId, lost: false };
  // An earlier attempt may have begun the new session before it could say so.
  const kind = known(turn.newSessionId) ? 'resume' : 'new';
  return { kind, sessionId: turn.newSessionId, lost: turn.sessionId !== null };
}
