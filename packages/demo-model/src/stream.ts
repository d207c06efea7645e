import { randomUUID } from 'node:crypto';
import type { MessagesRequest, Reply, ReplyMessage } from './protocol.ts';
import { usageOf } from './usage.ts';

const shortId = () => randomUUID().replaceAll('-', '').slice(0, 24);

/** The whole message of a reply, as a call without streaming answers it. */
export function messageOf(request: MessagesRequest, reply: Reply): ReplyMessage {
  return {
    id: `msg_${shortId()}`,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [
      ...(reply.text === '' ? [] : [{ type: 'text' as const, text: reply.text }]),
      ...reply.tools.map((tool) => ({ type: 'tool_use' as const, id: `toolu_${shortId()}`, ...tool })),
    ],
    stop_reason: reply.tools.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: usageOf(request, reply),
  };
}

/** Cuts text where a reader would see it grow: a few words, or a long piece of code, at a time. */
export function pieces(text: string, size: number): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + size);
    const space = text.indexOf(' ', end);
    if (space !== -1 && space - at < size * 2) end = space + 1;
    out.push(text.slice(at, end));
    at = end;
  }
  return out;
}

const frame = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The server-sent events of a streamed message, one string an event, in the order the real API sends them. */
export function eventsOf(message: ReplyMessage): string[] {
  const { usage } = message;
  const out = [
    frame({
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    } as { type: string }),
  ];
  message.content.forEach((block, index) => {
    const text = block.type === 'text' ? block.text : JSON.stringify(block.input);
    const started = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
    out.push(frame({ type: 'content_block_start', index, content_block: started } as { type: string }));
    if (index === 0) out.push(frame({ type: 'ping' }));
    for (const piece of block.type === 'text' ? pieces(text, 12) : pieces(text, 400)) {
      const delta =
        block.type === 'text' ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece };
      out.push(frame({ type: 'content_block_delta', index, delta } as { type: string }));
    }
    out.push(frame({ type: 'content_block_stop', index } as { type: string }));
  });
  out.push(
    frame({
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: {
        input_tokens: usage.input_tokens,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens: usage.output_tokens,
      },
    } as { type: string }),
    frame({ type: 'message_stop' }),
  );
  return out;
}
