import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, faultOf } from './faults.ts';
import type { MessagesRequest, Reply, ReplyMessage, Usage } from './protocol.ts';
import { nextReply } from './script.ts';
import { eventsOf, messageOf } from './stream.ts';
import { roleOf } from './transcript.ts';
import { countInput } from './usage.ts';

/** What became of one call. `usage` is null where a real upstream would not charge. */
export type Served = {
  requestId: string;
  model: string;
  role: string | null;
  usage: Usage | null;
  /** Ids of the tool calls it asked for. */
  toolUses: string[];
  outcome: 'ok' | 'refused' | 'stream_error' | 'cut' | 'left';
  at: number;
};

export type DemoModelOptions = {
  port?: number;
  /** Listens on this Unix socket instead of TCP. */
  socketPath?: string;
  faults?: Fault[];
  /** Milliseconds before each streamed event, so that a person sees text flow. */
  eventMs?: number;
  /** Decides the replies; the scenarios by default. */
  script?: (request: MessagesRequest) => Reply;
};

export type DemoModel = { url: string; served: Served[]; faults: Fault[]; close(): Promise<void> };

/** Bodies above this are refused, like upstream. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseRequest(body: string): MessagesRequest | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return null;
    const { model, messages } = value as Partial<MessagesRequest>;
    return typeof model === 'string' && Array.isArray(messages) ? (value as MessagesRequest) : null;
  } catch {
    return null;
  }
}

const errorBody = (type: string, message: string, requestId: string) =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId });

function sendJson(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** Sends a message as events, with the fault's twist; answers what became of it. */
async function sendStream(
  response: ServerResponse,
  message: ReplyMessage,
  fault: Fault | null,
  eventMs: number,
): Promise<Served['outcome']> {
  // Only text is paced: nobody watches the input of a tool grow.
  const paceOf = (event: string) =>
    fault?.kind === 'slow' ? fault.eventMs : event.includes('"text_delta"') ? eventMs : 0;
  const stopAfter = fault?.kind === 'cut' || fault?.kind === 'stream_error' ? fault.afterEvents : Infinity;
  let sent = 0;
  for (const event of eventsOf(message)) {
    if (response.destroyed) return 'left';
    if (sent === stopAfter) break;
    const pace = paceOf(event);
    if (pace > 0) await delay(pace);
    if (fault?.kind === 'chunks') {
      const bytes = Buffer.from(event);
      for (let at = 0; at < bytes.length; at += fault.bytes) {
        response.write(bytes.subarray(at, at + fault.bytes));
        await new Promise(setImmediate);
      }
    } else response.write(event);
    sent += 1;
  }
  if (fault?.kind === 'cut') {
    response.destroy();
    return 'cut';
  }
  if (fault?.kind === 'stream_error') {
    const data = { type: 'error', error: { type: fault.type, message: fault.message } };
    response.end(`event: error\ndata: ${JSON.stringify(data)}\n\n`);
    return 'stream_error';
  }
  response.end();
  return 'ok';
}

/** Starts the demo model: Anthropic's Messages API answered by a script. It keeps no state between calls. */
export async function startDemoModel(options: DemoModelOptions = {}): Promise<DemoModel> {
  const { eventMs = 0, script = nextReply } = options;
  const faults = [...(options.faults ?? [])];
  const served: Served[] = [];
  let calls = 0;

  async function messages(body: MessagesRequest, requestId: string, response: ServerResponse): Promise<void> {
    calls += 1;
    const role = roleOf(body);
    const record: Served = {
      requestId,
      model: body.model,
      role,
      usage: null,
      toolUses: [],
      outcome: 'ok',
      at: Date.now(),
    };
    served.push(record);
    const fault = faultOf(faults, calls, role);
    if (fault?.kind === 'hang') {
      await new Promise((resolve) => response.once('close', resolve));
      record.outcome = 'left';
      return;
    }
    if (fault?.kind === 'status') {
      record.outcome = 'refused';
      sendJson(response, fault.status, errorBody(fault.type, fault.message, requestId), fault.headers);
      return;
    }
    const message = messageOf(body, script(body));
    record.usage = message.usage;
    record.toolUses = message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    if (body.stream !== true) {
      sendJson(response, 200, JSON.stringify(message));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    record.outcome = await sendStream(response, message, fault, eventMs);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = `req_demo_${randomUUID().replaceAll('-', '')}`;
    response.setHeader('request-id', requestId);
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.method === 'HEAD' || (request.method === 'GET' && path === '/')) return void response.end();
    if (request.method === 'GET' && path.startsWith('/v1/models')) {
      const model = {
        type: 'model',
        id: 'talkide-demo',
        display_name: 'Demo model',
        created_at: '2026-11-22T00:00:00Z',
      };
      const list = { data: [model], has_more: false, first_id: model.id, last_id: model.id };
      return sendJson(response, 200, JSON.stringify(path === '/v1/models' ? list : model));
    }
    const known = path === '/v1/messages' || path === '/v1/messages/count_tokens';
    if (request.method !== 'POST' || !known)
      return sendJson(response, 404, errorBody('not_found_error', 'Not found.', requestId));
    const text = await readBody(request);
    if (text === null)
      return sendJson(response, 413, errorBody('request_too_large', 'The request is larger than 32 MB.', requestId));
    const body = parseRequest(text);
    if (body === null)
      return sendJson(response, 400, errorBody('invalid_request_error', 'model and messages are required.', requestId));
    if (path.endsWith('/count_tokens'))
      return sendJson(response, 200, JSON.stringify({ input_tokens: countInput(body) }));
    await messages(body, requestId, response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if (options.socketPath === undefined) server.listen(options.port ?? 0, '127.0.0.1', resolve);
    else server.listen(options.socketPath, resolve);
  });
  const url = options.socketPath ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    served,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
