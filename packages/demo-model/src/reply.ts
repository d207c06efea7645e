import type { Reply } from './protocol.ts';

type ToolCall = Reply['tools'][number];

/** A message that ends the agent's turn. */
export const end = (text: string): Reply => ({ text, tools: [] });
/** A message that goes on with tools. */
export const go = (text: string, ...tools: ToolCall[]): Reply => ({ text, tools });

export const read = (path: string): ToolCall => ({ name: 'Read', input: { file_path: path } });
export const glob = (pattern: string): ToolCall => ({ name: 'Glob', input: { pattern } });
export const write = (path: string, content: string): ToolCall => ({
  name: 'Write',
  input: { file_path: path, content },
});
export const edit = (path: string, from: string, to: string): ToolCall => ({
  name: 'Edit',
  input: { file_path: path, old_string: from, new_string: to },
});
export const bash = (command: string, description: string): ToolCall => ({
  name: 'Bash',
  input: { command, description },
});
export const delegate = (role: string, description: string, prompt: string): ToolCall => ({
  name: 'Agent',
  input: { subagent_type: role, description, prompt },
});
export const LOOK = 'mcp__talkide__look';
export const look = (...paths: string[]): ToolCall => ({
  name: LOOK,
  input: { requests: paths.map((path) => ({ method: 'GET', path })) },
});
export const PACKAGES = 'mcp__talkide__packages';
export const packages = (...add: string[]): ToolCall => ({ name: PACKAGES, input: { add } });
export const ASK = 'mcp__talkide__ask';
export const ask = (question: string, options: { label: string; description?: string }[]): ToolCall => ({
  name: ASK,
  input: { question, options },
});
