/** What the benchmark's agents ask and its upstream answers: sizes as the Agent SDK makes them. */
const REQUEST_BYTES = 40 * 1024;
export const FRAMES = 56;
export const USED = { input: 1_200, output: 240, cacheRead: 9_000 };

const usage = {
  input_tokens: USED.input,
  output_tokens: USED.output,
  cache_read_input_tokens: USED.cacheRead,
  cache_creation_input_tokens: 0,
};

/** A request of 40 KB: a system prompt, twelve tools with schemas, and a talk that fills the rest. */
export function requestBody(stream: boolean): Buffer {
  const property = { type: 'string', description: 'What the parameter means in the call of the "tool".' };
  const tools = Array.from({ length: 12 }, (_, index) => ({
    name: `Tool${index}`,
    description: 'Does one thing.\nSay when, "why" and with what. '.repeat(16),
    input_schema: {
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`param_${at}`, property])),
      required: ['param_0'],
    },
  }));
  const make = (text: string) => ({
    model: 'talkide-demo',
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    system: [{ type: 'text', text: 'You are a member of a team that writes web applications. '.repeat(100) }],
    tools,
    max_tokens: 1_000,
    stream,
  });
  const code = 'export const add = (a: number, b: number) => a + b; // "adds"\n';
  const empty = Buffer.byteLength(JSON.stringify(make('')));
  const line = Buffer.byteLength(JSON.stringify(code)) - 2;
  return Buffer.from(JSON.stringify(make(code.repeat(Math.round((REQUEST_BYTES - empty) / line)))));
}

const frame = (event: { type: string; [field: string]: unknown }) =>
  Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

export const frames: readonly Buffer[] = [
  frame({
    type: 'message_start',
    message: {
      ...{ id: 'msg_bench', type: 'message', role: 'assistant', model: 'talkide-demo', content: [] },
      usage: { ...usage, output_tokens: 1 },
    },
  }),
  frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ...Array.from({ length: FRAMES - 5 }, (_, index) =>
    frame({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: `some words of text ${index} ` },
    }),
  ),
  frame({ type: 'content_block_stop', index: 0 }),
  frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: USED.output } }),
  frame({ type: 'message_stop' }),
];

export const message = Buffer.from(
  JSON.stringify({
    ...{ id: 'msg_bench', type: 'message', role: 'assistant', model: 'talkide-demo', stop_reason: 'end_turn' },
    content: [{ type: 'text', text: 'some words of text '.repeat(50) }],
    usage,
  }),
);
