import { createSdkMcpServer, type McpSdkServerConfigWithInstance } from '@anthropic-ai/claude-agent-sdk';
import { askTool } from './ask-tool.ts';
import { lookTool } from './look-tool.ts';
import { packagesTool } from './packages-tool.ts';
import type { PlatformTools } from './platform-seat.ts';

/** The tools of Mara and her team that the platform answers; names begin with this. */
export const TEAM_TOOLS = 'mcp__talkide__';

/** The tool server of one agent process. */
export function createTeamServer({ look, packages }: PlatformTools): McpSdkServerConfigWithInstance {
  return createSdkMcpServer({
    name: 'talkide',
    version: '1.0.0',
    tools: [askTool(), lookTool(look), packagesTool(packages)],
    alwaysLoad: true,
  });
}
