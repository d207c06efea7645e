/** The part of Anthropic's Messages API that the demo model reads and writes. */
export type TextBlock = { type: 'text'; text: string };
export type ToolUseBlock = { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> };
export type ToolResultBlock = {
  type: 'tool_result';
  tool_use_id: string;
  content?: string | { type: string; text?: string }[];
  is_error?: boolean;
};
export type ContentBlock = TextBlock | ToolUseBlock | ToolResultBlock | { type: 'thinking' | 'image' | 'document' };

export type RequestMessage = { role: 'user' | 'assistant' | 'system'; content: string | ContentBlock[] };
export type MessagesRequest = {
  model: string;
  messages: RequestMessage[];
  system?: string | TextBlock[];
  tools?: { name: string }[];
  max_tokens?: number;
  stream?: boolean;
};

export type Usage = {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  server_tool_use: null;
  service_tier: 'standard';
};

/** What the script says next: text, then tool calls. Without tool calls the turn of that agent ends. */
export type Reply = { text: string; tools: { name: string; input: Record<string, unknown> }[] };

export type ReplyMessage = {
  id: string;
  type: 'message';
  role: 'assistant';
  model: string;
  content: (TextBlock | ToolUseBlock)[];
  stop_reason: 'end_turn' | 'tool_use';
  stop_sequence: null;
  usage: Usage;
};
