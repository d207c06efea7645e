import type { ContentBlock, MessagesRequest, RequestMessage, ToolResultBlock, ToolUseBlock } from './protocol.ts';

export type Locale = 'en' | 'cs';
export type ToolCall = { name: string; input: Record<string, unknown>; result: string; isError: boolean };

const blocks = (message: RequestMessage): ContentBlock[] =>
  typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;

/** The system prompt as one text. */
export function systemText(request: MessagesRequest): string {
  const { system } = request;
  if (system === undefined) return '';
  return typeof system === 'string' ? system : system.map((block) => block.text).join('\n');
}

/** The agent that asks, from the marker in its prompt. */
export function roleOf(request: MessagesRequest): string | null {
  return /<role>(talkide-[a-z-]+)<\/role>/.exec(systemText(request))?.[1] ?? null;
}

/** The person's language, from the marker in the prompt. */
export function localeOf(request: MessagesRequest): Locale {
  return /<locale>cs<\/locale>/.test(systemText(request)) ? 'cs' : 'en';
}

/** The platform's note below a message while the current version does not build. */
const BUILD_NOTE = /\(A note of the platform:[\s\S]*\)\s*$/;

/** A text without the notes that the harness and the platform slip in. */
function wordsIn(text: string): string {
  return text
    .replace(/<(system-reminder|note)>[\s\S]*?<\/\1>/g, '')
    .replace(/^\[Request interrupted by user[^\]]*\]$/m, '')
    .replace(BUILD_NOTE, '')
    .trim();
}

/** What the platform noted above and below a person's words. */
function notesIn(text: string): string {
  const above = [...text.matchAll(/<note>([\s\S]*?)<\/note>/g)].map((match) => match[1]);
  return [...above, ...(BUILD_NOTE.exec(text) ?? [])].join('\n');
}

function textOfResult(block: ToolResultBlock): string {
  if (block.content === undefined) return '';
  return typeof block.content === 'string' ? block.content : block.content.map((part) => part.text ?? '').join('\n');
}

/** One turn as the script sees it: what was asked, and each step taken since with its tool calls and their results. */
export type Turn = { asked: string; notes: string; steps: { said: string; calls: ToolCall[] }[] };

function resultsOf(messages: RequestMessage[]): Map<string, ToolResultBlock> {
  const results = messages.flatMap(blocks).flatMap((block) => (block.type === 'tool_result' ? [block] : []));
  return new Map(results.map((block) => [block.tool_use_id, block]));
}

/**
 * The conversation as turns, oldest first; the last one is running. Words of a person begin a turn, also where they
 * share a message with the result of the question before.
 */
export function turnsOf(request: MessagesRequest): Turn[] {
  const results = resultsOf(request.messages);
  const toCall = (use: ToolUseBlock): ToolCall => {
    const result = results.get(use.id);
    const isError = result?.is_error === true;
    return { name: use.name, input: use.input, result: result ? textOfResult(result) : '', isError };
  };
  const turns: Turn[] = [];
  for (const message of request.messages) {
    const texts = blocks(message).flatMap((block) => (block.type === 'text' ? [block.text] : []));
    const said = texts
      .map(wordsIn)
      .filter((text) => text !== '')
      .join('\n');
    const last = turns.at(-1);
    if (message.role === 'user' && said !== '') {
      const words = { asked: said, notes: texts.map(notesIn).join('\n'), steps: [] };
      if (last && last.steps.length === 0) turns[turns.length - 1] = { ...words, asked: `${last.asked}\n${said}` };
      else turns.push(words);
    }
    if (message.role === 'assistant')
      last?.steps.push({
        said,
        calls: blocks(message).flatMap((block) => (block.type === 'tool_use' ? [toCall(block)] : [])),
      });
  }
  return turns;
}
