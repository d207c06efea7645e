import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenCall {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A model API of the tests' own: it remembers what it was asked and answers as the test says. */
export async function startStandIn(
  answer: (call: SeenCall, response: ServerResponse) => void | Promise<void>,
): Promise<{ url: string; seen: SeenCall[]; close(): Promise<void> }> {
  const seen: SeenCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call: SeenCall = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    seen.push(call);
    await answer(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const sse = (event: { type: string; [field: string]: unknown }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The events of a streamed answer of 1,000 input and `output` output tokens. */
export function streamEvents(output: number): string[] {
  return [
    sse({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'talkide-demo',
        content: [],
        usage: { input_tokens: 1000, output_tokens: 1, cache_read_input_tokens: 500, cache_creation_input_tokens: 0 },
      },
    }),
    sse({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    sse({ type: 'ping' }),
    sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Dobrý den 🌱' } }),
    sse({ type: 'content_block_stop', index: 0 }),
    sse({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: output, input_tokens: null, cache_read_input_tokens: null },
    }),
    sse({ type: 'message_stop' }),
  ];
}
