import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Files } from './files.ts';
import type { Links } from './links.ts';
import { UploadRefused } from './refused.ts';
import type { UploadOwner, UploadRow } from './store.ts';
import { announcedBytes, answerJson, answerRefusal, receive, sendFile } from './transfer.ts';

export interface AppServerOptions {
  files: Files;
  links: Links;
  onError(error: unknown): void;
  now?: () => number;
}

const WEEK_S = 7 * 24 * 3600;
const HOUR_S = 3600;
const JSON_BYTES = 10_000;

const LinkWish = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('GET'),
    name: z.string(),
    seconds: z.number().int().min(1).max(WEEK_S).default(HOUR_S),
    download: z.boolean().optional(),
  }),
  z.object({
    method: z.literal('PUT'),
    name: z.string(),
    seconds: z.number().int().min(1).max(HOUR_S).default(600),
    maxBytes: z.number().int().min(1).optional(),
    type: z.string().max(120).optional(),
  }),
]);
const ListWish = z.object({
  prefix: z.string().max(300).default(''),
  after: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const viewOf = (row: UploadRow) => ({
  name: row.name,
  bytes: Number(row.bytes),
  type: row.type,
  createdAt: row.created_at.toISOString(),
});

/** The files of one application, for that application: who asks is known by the socket it listens on. */
export function createAppServer(
  { files, links, onError, now = Date.now }: AppServerOptions,
  owner: UploadOwner,
): Server {
  async function file(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    switch (request.method) {
      case 'PUT': {
        const type = request.headers['content-type'] ?? '';
        const bytes = announcedBytes(request);
        const kept = await receive(request, () => files.put(owner, { name, type, bytes }, request));
        return answerJson(response, 201, kept);
      }
      case 'GET':
      case 'HEAD': {
        const found = await files.find(owner, name);
        if (!found) throw new UploadRefused('not_found');
        return sendFile(request, response, found, (range) => files.get(owner, name, range));
      }
      case 'DELETE':
        if (!(await files.remove(owner, name))) throw new UploadRefused('not_found');
        return void response.writeHead(204).end();
      default:
        throw new UploadRefused('bad_request');
    }
  }

  async function list(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const { prefix, after, limit } = read(ListWish, Object.fromEntries(query));
    const rows = await files.list(owner, { prefix, after, limit: limit + 1 });
    const items = rows.slice(0, limit).map(viewOf);
    answerJson(response, 200, { items, next: rows.length > limit ? items.at(-1)?.name : null });
  }

  async function link(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if ((announcedBytes(request) ?? Number.POSITIVE_INFINITY) > JSON_BYTES) throw new UploadRefused('bad_request');
    const { seconds, ...wish } = read(LinkWish, parseJson(await text(request)));
    const until = Math.floor(now() / 1000) + seconds;
    answerJson(response, 200, { path: links.sign(owner, { ...wish, until }) });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://files');
    const name = /^\/files\/(.+)$/.exec(url.pathname)?.[1];
    if (name !== undefined) return file(request, response, decode(name));
    if (url.pathname === '/files' && request.method === 'GET') return list(url.searchParams, response);
    if (url.pathname === '/links' && request.method === 'POST') return link(request, response);
    throw new UploadRefused('bad_request');
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answerRefusal(request, response, error, onError));
  });
  server.requestTimeout = 0;
  return server;
}

function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UploadRefused('bad_request');
  return parsed.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UploadRefused('bad_request');
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new UploadRefused('upload_name_refused');
  }
}
