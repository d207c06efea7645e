import { createSdkMcpServer, type McpSdkServerConfigWithInstance } from '@anthropic-ai/claude-agent-sdk';
import type { Look, LookStep } from '@talkide/contracts';
import { askTool } from './ask-tool.ts';
import { lookTool } from './look-tool.ts';

/** The tools of Mara and her team that the platform answers; names begin with this. */
export const TEAM_TOOLS = 'mcp__talkide__';

/** The tool server of one agent process. */
export function createTeamServer(look: (steps: LookStep[]) => Promise<Look>): McpSdkServerConfigWithInstance {
  return createSdkMcpServer({
    name: 'talkide',
    version: '1.0.0',
    tools: [askTool(), lookTool(look)],
    alwaysLoad: true,
  });
}
