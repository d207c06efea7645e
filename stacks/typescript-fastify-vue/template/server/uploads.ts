import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { env } from './env.ts';
import { AppError } from './errors.ts';

/** A file that the application keeps. Names may have folders: `photos/42.jpg`. */
export interface StoredFile {
  name: string;
  bytes: number;
  type: string;
  createdAt: string;
}

/**
 * Files that stay when the application is built anew or sleeps; those of the preview and of the published application are apart.
 * Browsers send and fetch them by links on this application's own address, which run out.
 */
export const uploads = {
  /** Keeps a file, in place of one of the same name. */
  put: (name: string, body: Readable | Buffer | string, type: string) =>
    callJson<Pick<StoredFile, 'name' | 'bytes' | 'type'>>('PUT', pathOf(name), body, { 'content-type': type }),
  /** Its bytes as they come; throws 404 when there is none. */
  get: async (name: string): Promise<Readable> => call('GET', pathOf(name)),
  /** Deletes it; throws 404 when there is none. */
  remove: async (name: string): Promise<void> => void (await text(await call('DELETE', pathOf(name)))),
  /** Files by name; ask again with `after: next` until that is null. */
  list: ({ prefix = '', after, limit = 100 }: { prefix?: string; after?: string; limit?: number } = {}) => {
    const query = new URLSearchParams({ prefix, limit: String(limit), ...(after === undefined ? {} : { after }) });
    return callJson<{ items: StoredFile[]; next: string | null }>('GET', `/files?${query}`);
  },
  /** A link to show or, with `download`, to save a file; for an hour if nothing else is said, a week at most. */
  link: (name: string, options: { seconds?: number; download?: boolean } = {}) =>
    makeLink({ method: 'GET', name, ...options }),
  /** A link to which a page sends one file by PUT (see `src/upload.ts`); for ten minutes. */
  uploadLink: (name: string, options: { maxBytes?: number; type?: string } = {}) =>
    makeLink({ method: 'PUT', name, ...options }),
};

const pathOf = (name: string) => `/files/${encodeURIComponent(name)}`;

async function makeLink(wish: object): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await callJson<{ path: string }>('POST', '/links', JSON.stringify(wish), headers)).path;
}

async function callJson<T>(method: string, path: string, body?: Readable | Buffer | string, headers = {}): Promise<T> {
  return JSON.parse(await text(await call(method, path, body, headers))) as T;
}

async function call(
  method: string,
  path: string,
  body: Readable | Buffer | string = '',
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const socketPath = env.uploadsSocket;
  if (!socketPath) throw new AppError(503, 'UPLOADS_MISSING', 'Files cannot be kept here.');
  const length = body instanceof Readable ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const outgoing = request({ socketPath, method, path, headers: { ...length, ...headers } });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject),
  );
  if (body instanceof Readable) send(body, outgoing);
  else outgoing.end(body);
  const answer = await answered;
  if ((answer.statusCode ?? 500) < 400) return answer;
  const { code, message } = JSON.parse(await text(answer)) as { code: string; message: string };
  // What is not sent yet never will be: Node tells nobody of room for more once the answer has ended.
  outgoing.destroy();
  throw new AppError(answer.statusCode ?? 500, code.toUpperCase(), message);
}

/** Not a pipeline: a refusal may come before everything is sent, and the rest is then read and thrown away. */
function send(body: Readable, outgoing: ClientRequest): void {
  body.on('error', (error) => outgoing.destroy(error));
  body.on('close', () => body.readableEnded || outgoing.destroy(new Error('The file broke off.')));
  outgoing.on('close', () => body.unpipe(outgoing).resume());
  body.pipe(outgoing);
}

async function text(answer: IncomingMessage): Promise<string> {
  let all = '';
  for await (const chunk of answer.setEncoding('utf8')) all += chunk;
  return all;
}
