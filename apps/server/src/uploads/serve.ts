import type { IncomingMessage, ServerResponse } from 'node:http';
import { disposition } from '../platform/http/disposition.ts';
import type { Files } from './files.ts';
import { type Allowed, LINK_PATH, type Links } from './links.ts';
import { UploadRefused } from './refused.ts';
import type { UploadOwner } from './store.ts';
import { announcedBytes, answerJson, answerRefusal, receive, sendFile } from './transfer.ts';

export interface ServeOptions {
  files: Files;
  links: Links;
  onError(error: unknown): void;
}

/** Shown in the browser; everything else is saved. None of them can do anything on the application's origin. */
const SHOWN = /^(image\/|audio\/|video\/|text\/plain\b|application\/pdf$)/;
/** Also what is shown runs no script, loads nothing, and has an origin of its own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox";

export const isLink = (url: string | undefined): boolean => url?.startsWith(LINK_PATH) ?? false;

/** Answers signed links on an application's own address, in its place: it need not be awake. */
export function createLinkServer({ files, links, onError }: ServeOptions) {
  async function give(request: IncomingMessage, response: ServerResponse, owner: UploadOwner, allowed: Allowed) {
    const found = await files.find(owner, allowed.name);
    if (!found) throw new UploadRefused('not_found');
    const how = allowed.download || !SHOWN.test(found.type) ? 'attachment' : 'inline';
    response.setHeader('content-disposition', disposition(how, allowed.name.split('/').at(-1) ?? ''));
    response.setHeader('cache-control', 'private, no-cache');
    await sendFile(request, response, found, (range) => files.get(owner, allowed.name, range));
  }

  async function take(request: IncomingMessage, response: ServerResponse, owner: UploadOwner, allowed: Allowed) {
    const { name, maxBytes } = allowed;
    const type = request.headers['content-type'] ?? '';
    if (allowed.type !== undefined && type !== allowed.type) throw new UploadRefused('link_refused');
    const file = { name, type, bytes: announcedBytes(request), ...(maxBytes !== undefined && { maxBytes }) };
    answerJson(response, 201, await receive(request, () => files.put(owner, file, request)));
  }

  async function handle(request: IncomingMessage, response: ServerResponse, find: () => Promise<UploadOwner | null>) {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    response.setHeader('referrer-policy', 'no-referrer');
    const owner = await find();
    if (!owner) throw new UploadRefused('not_found');
    const allowed = links.read(owner, request.url ?? '');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (allowed?.method !== method || !allowed) throw new UploadRefused('link_refused');
    return method === 'GET' ? give(request, response, owner, allowed) : take(request, response, owner, allowed);
  }

  return (request: IncomingMessage, response: ServerResponse, find: () => Promise<UploadOwner | null>): void => {
    handle(request, response, find).catch((error: unknown) => answerRefusal(request, response, error, onError));
  };
}
