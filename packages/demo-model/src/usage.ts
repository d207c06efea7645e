import type { MessagesRequest, Reply, Usage } from './protocol.ts';

/** Characters of English or code per token, near enough for a script. */
const CHARS_PER_TOKEN = 4;

const tokens = (value: unknown): number => Math.ceil((JSON.stringify(value) ?? '').length / CHARS_PER_TOKEN);

/** Tokens of a whole prompt, as `count_tokens` answers them. */
export function countInput(request: MessagesRequest): number {
  return tokens(request.system ?? '') + tokens(request.tools ?? []) + tokens(request.messages);
}

/**
 * Usage as a caching upstream would report it: everything before the newest user message was written to the cache by
 * the call before and is read from it now, the newest message is written.
 */
export function usageOf(request: MessagesRequest, reply: Reply): Usage {
  const newest = tokens(request.messages.at(-1) ?? '');
  const before = countInput(request) - newest;
  const first = !request.messages.some((message) => message.role === 'assistant');
  const written = first ? before + newest : newest;
  return {
    input_tokens: 4,
    output_tokens: Math.max(1, tokens(reply.text) + reply.tools.reduce((sum, tool) => sum + tokens(tool), 0)),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: first ? 0 : before,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    server_tool_use: null,
    service_tier: 'standard',
  };
}
