import { dirname } from 'node:path';
import type { Options } from '@anthropic-ai/claude-agent-sdk';
import { agentDefinitions, type ProjectFacts, renderPrompt, type Team } from './agents.ts';
import type { PlatformTools } from './platform-seat.ts';
import type { ModelAccess } from './relay.ts';
import { createTeamServer, TEAM_TOOLS } from './team-server.ts';

/** Marks every process of one agent session in its environment, so that strays are found. */
export const SESSION_MARK = 'TALKIDE_AGENT_SESSION';

export type SessionPlace = {
  home: string;
  path: string;
  /** Null: where every program has it. */
  tempFolder: string | null;
  /** The session's mark. */
  key: string;
  access: ModelAccess;
  maxRetries: number;
  /** Of the running turn. */
  tools: PlatformTools;
};
export type SessionStart = { kind: 'new' | 'resume'; sessionId: string };

/** The complete environment of an agent process: nothing of the worker's own is inherited. */
export function agentEnv(place: SessionPlace): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:${place.path}`,
    HOME: place.home,
    LANG: 'C.UTF-8',
    ...(place.tempFolder && { TMPDIR: place.tempFolder, CLAUDE_CODE_TMPDIR: place.tempFolder }),
    ...place.access.env,
    [SESSION_MARK]: place.key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
    // Delegated work is waited for: a turn must not end while an agent still edits the tree.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_GIT_INSTRUCTIONS: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    CLAUDE_CODE_DISABLE_FILE_CHECKPOINTING: '1',
    CLAUDE_CODE_DISABLE_BUNDLED_SKILLS: '1',
    CLAUDE_CODE_DISABLE_TERMINAL_TITLE: '1',
    CLAUDE_AGENT_SDK_DISABLE_BUILTIN_AGENTS: '1',
    CLAUDE_CODE_MAX_RETRIES: String(place.maxRetries),
    // The sandbox is the wall; without this the agent refuses bypass mode as root.
    IS_SANDBOX: '1',
  };
}

/** Options of one agent process for a conversation. */
export function agentOptions(
  team: Team,
  facts: ProjectFacts,
  model: string,
  place: SessionPlace,
  start: SessionStart,
): Options {
  return {
    cwd: facts.cwd,
    model,
    env: agentEnv(place),
    ...(place.access.program && { pathToClaudeCodeExecutable: place.access.program }),
    ...(start.kind === 'resume' ? { resume: start.sessionId } : { sessionId: start.sessionId }),
    settingSources: [],
    skills: [],
    permissionMode: 'bypassPermissions',
    allowDangerouslySkipPermissions: true,
    tools: team.mara.tools.filter((tool) => !tool.startsWith(TEAM_TOOLS)),
    allowedTools: team.mara.tools,
    systemPrompt: renderPrompt(team.mara.prompt, facts),
    agents: agentDefinitions(team, facts),
    mcpServers: { talkide: createTeamServer(place.tools) },
    mcpServersDelivery: 'initialize',
    strictMcpConfig: true,
    forwardSubagentText: true,
    includePartialMessages: true,
    // What a person types is never a command or a file mention.
    verbatimPrompts: true,
  };
}
