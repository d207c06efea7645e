import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiCall, answerApi } from './api.ts';
import { type Fault, scriptedCard, takeFault } from './faults.ts';
import { parseForm } from './form.ts';
import type { Bank } from './provider/bank.ts';
import { API_VERSION, type Draft, newId } from './provider/draft.ts';
import { Refusal } from './provider/refusal.ts';

const MAX_BODY_BYTES = 256 * 1024;

export interface ApiOptions {
  bank: Bank;
  secretKey: string;
  faults: Fault[];
}

interface Answer {
  status: number;
  body: string;
}

const refused = (status: number, type: string, message: string, code?: string): Answer =>
  toAnswer(new Refusal(status, { type, message, ...(code ? { code } : {}) }));
const toAnswer = ({ status, body }: Refusal): Answer => ({ status, body: JSON.stringify({ error: body }) });

/** Serves Stripe's API over HTTP: keys, form encoding, idempotency, and the faults that a test has scripted. */
export async function serveApi(options: ApiOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { faults } = options;
  const id = newId('req');
  const call = await readCall(request);
  const send = ({ status, body }: Answer, headers: Record<string, string> = {}) => {
    const own = { 'content-type': 'application/json', 'request-id': id, 'stripe-version': API_VERSION };
    response.writeHead(status, { ...own, ...headers }).end(body);
  };
  if (!call) return send(refused(413, 'invalid_request_error', 'The request is too large.'));
  if (!isKey(request.headers.authorization, options.secretKey))
    return send(refused(401, 'invalid_request_error', 'Invalid API Key provided.'));
  const fits = ({ on }: { on: string }) => on === `${call.method} ${call.path.split('/')[0]}`;
  const broken = takeFault(faults, 'status', fits);
  if (broken) return send(refused(broken.status, 'api_error', 'The provider is out of order.'));
  const key = call.method === 'POST' ? (request.headers['idempotency-key']?.toString() ?? null) : null;
  const answer = answerOnce(options, call, { id, idempotency_key: key });
  if (takeFault(faults, 'lost_answer', fits)) return void request.socket.destroy();
  send(answer, key ? { 'idempotency-key': key, ...(answer.replayed && { 'idempotent-replayed': 'true' }) } : {});
}

/** Works a call off, or repeats the answer of its key; the answer is committed with what it did. */
function answerOnce(
  { bank, faults }: ApiOptions,
  call: ApiCall,
  cause: { id: string; idempotency_key: string | null },
): Answer & { replayed: boolean } {
  const { idempotency_key: key } = cause;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([call.path, call.form]))
    .digest('hex');
  const earlier = key ? bank.store.get('answer', key) : undefined;
  if (earlier?.fingerprint === fingerprint) return { ...earlier, replayed: true };
  if (earlier) {
    const message = 'Keys for idempotent requests can only be used with the same parameters they were first used with.';
    return { ...refused(400, 'idempotency_error', message), replayed: false };
  }
  const work = (draft: Draft): Answer => {
    try {
      const world = {
        store: bank.store,
        draft,
        cardFor: (card: Parameters<typeof scriptedCard>[1]) => scriptedCard(faults, card),
      };
      const shown = bank.show(answerApi(world, call), { ...call.query, ...call.form }, draft);
      return { status: 200, body: JSON.stringify(shown) };
    } catch (error) {
      if (error instanceof Refusal) return toAnswer(error);
      throw error;
    }
  };
  return bank.change((draft) => {
    const answer = work(draft);
    if (key) draft.put({ object: 'answer', id: key, created: draft.now, fingerprint, ...answer });
    return { ...answer, replayed: false };
  }, cause);
}

/** Null when the body is too large. */
async function readCall(request: IncomingMessage): Promise<ApiCall | null> {
  const url = new URL(request.url ?? '/', 'http://provider.invalid');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/v1\//, ''),
    query: parseForm(url.search.slice(1)),
    form: parseForm(Buffer.concat(chunks).toString('utf8')),
  };
}

function isKey(authorization: string | undefined, secretKey: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${secretKey}`));
}
