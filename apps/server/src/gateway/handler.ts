import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WORKER_PATHS } from '@talkide/contracts';
import { isDatabaseAway, isDiskFull } from '../platform/db/index.ts';
import { Client } from './calls/client.ts';
import { PassedCall } from './calls/exchange.ts';
import { CallMeter } from './calls/meter-call.ts';
import { nobody, type Observer } from './calls/observer.ts';
import { type Refusal, refusals } from './calls/refusals.ts';
import type { Kit } from './kit.ts';
import { needOf } from './prices/need.ts';
import type { MeteredCall } from './record/call-record.ts';
import { type Body, readBody, TooLarge } from './request/read-body.ts';
import { peekRequest } from './request/request-peek.ts';
import { roleOf, type TurnAccess } from './turns/turn-access.ts';

type Kind = 'metered' | 'free';

/** Answers a call of an agent, or says in Anthropic's form why not. Never rejects. */
export async function handle(kit: Kit, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const client = new Client(response);
  try {
    const refusal = await serve(kit, request, client);
    if (!refusal) return;
    request.resume();
    client.refuse(refusal);
  } catch (error) {
    if (error instanceof TooLarge) client.refuse(refusals.tooLarge);
    else if (isDatabaseAway(error)) client.refuse(refusals.databaseAway);
    else if (isDiskFull(error)) client.refuse(refusals.diskFull);
    else if (!client.left) {
      kit.log.error({ err: error, requestId: client.requestId }, 'The gateway failed');
      client.refuse(refusals.internal);
    }
  }
}

/** What is known already is taken without waiting: a wait costs a turn of the microtask queue. */
async function serve(kit: Kit, request: IncomingMessage, client: Client): Promise<Refusal | undefined> {
  const path = (request.url ?? '').slice(WORKER_PATHS.gateway.length);
  const kind = kindOf(request.method, path);
  if (!kind) return refusals.notFound;
  if (kit.stopping) return refusals.stopping;
  const pause = kit.untilAnswering();
  if (pause) {
    const isBack = await pause;
    if (client.left) return undefined;
    if (!isBack) return refusals.databaseAway;
  }
  const known = kit.tokens.find(request);
  const turn = known instanceof Promise ? await known : known;
  if (!turn) return refusals.unauthenticated;
  const { enabled, reason } = await kit.deps.killSwitch('agent-turns');
  if (enabled) {
    await kit.markRefused(turn, 'TURNS_OFF');
    return refusals.turnsOff(reason);
  }
  const body = request.method === 'POST' ? await readBody(request) : null;
  const observer = kind === 'metered' ? await meter(kit, request, client, turn, body) : nobody;
  if (!observer) return undefined;
  if ('refusal' in observer) return observer.refusal;
  if (kit.stopping) {
    observer.over('refused');
    return refusals.stopping;
  }
  new PassedCall({ method: body ? 'POST' : 'GET', path, headers: request.headers, body }, client, observer, kit);
  return undefined;
}

function kindOf(method: string | undefined, path: string): Kind | null {
  const query = path.indexOf('?');
  const name = query < 0 ? path : path.slice(0, query);
  if (method === 'POST' && name === '/v1/messages') return 'metered';
  if (method === 'POST' && name === '/v1/messages/count_tokens') return 'free';
  return method === 'GET' && name === '/v1/models' ? 'free' : null;
}

/**
 * Prices a call, sets its cost aside and writes it into the journal; from here on it is accounted for. Null: nobody waits
 * for its answer any more.
 */
async function meter(
  kit: Kit,
  request: IncomingMessage,
  client: Client,
  turn: TurnAccess,
  body: Body | null,
): Promise<Observer | { refusal: Refusal } | null> {
  const { credit, markupPercent } = kit.deps;
  const peek = body && peekRequest(body.pieces);
  if (!body || !peek) return { refusal: refusals.malformed };
  const book = kit.prices();
  const prices = book instanceof Promise ? await book : book;
  const price = prices.priceOf(peek.model, peek.speed);
  if (!price) return { refusal: refusals.unknownModel(peek.speed === 'fast' ? `${peek.model} (fast)` : peek.model) };
  const reservation = credit.reserve(turn, needOf(body.size, peek, price, markupPercent));
  const answer = reservation instanceof Promise ? await reservation : reservation;
  if ('halted' in answer) {
    await kit.markRefused(turn, answer.halted);
    return { refusal: refusals.halted(answer.halted) };
  }
  // It may have waited long for credit that other calls held.
  if (client.left) {
    credit.settle(turn.id, answer.reserved, 0n);
    return null;
  }
  const sessionId = request.headers['x-claude-code-session-id'];
  const call: MeteredCall = {
    callId: randomUUID(),
    turn,
    agentRole: roleOf(request),
    sessionId: typeof sessionId === 'string' ? sessionId.slice(0, 100) : null,
    model: peek.model,
    speed: peek.speed,
    price,
    markupPercent,
    startedAt: new Date().toISOString(),
  };
  try {
    kit.journal.begun(call);
  } catch (error) {
    credit.settle(turn.id, answer.reserved, 0n);
    throw error;
  }
  return new CallMeter(call, { reserved: answer.reserved, prices, client, kit });
}
