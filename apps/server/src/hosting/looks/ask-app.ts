import { type IncomingMessage, request } from 'node:http';
import type { LookAnswer, LookStep } from '@talkide/contracts';

const ANSWER_MS = 10_000;
const TEXT_BYTES = 64 * 1024;
const TEXT = /^(text\/|application\/(.+\+)?(json|xml|javascript)|image\/svg)/;

export interface AppAddress {
  socketPath: string;
  /** Under which its people reach it. */
  host: string;
}

const silent: LookAnswer = { status: null, contentType: '', location: null, text: null, cut: false };

/** Asks an application once and keeps the beginning of its answer. An application that fails is an answer too. */
export async function askApp(app: AppAddress, step: LookStep, signal: AbortSignal): Promise<LookAnswer> {
  const body = step.method === 'POST' ? JSON.stringify(step.body ?? {}) : undefined;
  const asked = request({
    socketPath: app.socketPath,
    agent: false,
    method: step.method,
    path: step.path,
    headers: {
      host: app.host,
      accept: 'text/html, application/json;q=0.9, */*;q=0.8',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  const answer = await new Promise<IncomingMessage | null>((resolve) => {
    asked.once('response', resolve);
    asked.on('error', () => resolve(null));
    // Also for an answer that switches protocols.
    asked.once('close', () => resolve(null));
    asked.end(body);
  });
  try {
    return answer ? await read(answer) : silent;
  } finally {
    asked.destroy();
  }
}

async function read(answer: IncomingMessage): Promise<LookAnswer> {
  const contentType = (answer.headers['content-type'] ?? '').slice(0, 200);
  const location = answer.headers.location?.slice(0, 2_000) ?? null;
  const head = { status: answer.statusCode ?? null, contentType, location };
  if (!TEXT.test(contentType)) return { ...head, text: null, cut: false };
  const chunks: Buffer[] = [];
  let bytes = 0;
  let cut = false;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      cut = bytes > TEXT_BYTES;
      if (cut) break;
    }
  } catch {
    // It broke off, or goes on for longer than anyone waits.
    cut = true;
  }
  return { ...head, text: Buffer.concat(chunks).subarray(0, TEXT_BYTES).toString('utf8'), cut };
}
