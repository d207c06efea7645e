import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, type FlattenedJWSInput, flattenedVerify, importJWK, type JWK } from 'jose';
import type { TestCa } from '../platform/http/testing/test-ca.ts';

/** An ACME server (RFC 8555) with HTTP-01, on a port of loopback. */
export interface AcmeServer {
  directory: string;
  /** Names that certificates were given for. */
  issued: string[];
  readonly accounts: number;
  /** Refuses, breaks every connection or leaves every one open from now on; null: works. */
  mood: 'refuses' | 'is away' | 'is slow' | null;
  /** Days that new certificates hold. */
  days: number;
  close(): Promise<void>;
}

export interface AcmeServerOptions {
  ca: TestCa;
  /** Where it connects to look at a name: its address and port. */
  reach(hostname: string): { host: string; port: number };
  /** Only accounts bound with this key are made. */
  binding?: { keyId: string; key: string };
}

interface Account {
  jwk: JWK;
  url: string;
}
interface Order {
  hostname: string;
  token: string;
  account: Account;
  challenge: 'pending' | 'valid' | 'invalid';
  error?: object;
  certificate?: string;
}
class Refused extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, detail: string) {
    super(detail);
    this.status = status;
    this.type = type;
  }
}
interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Starts the server; its accounts and orders are in memory. */
export async function startAcmeServer(options: AcmeServerOptions): Promise<AcmeServer> {
  const server = createServer((asked, response) => void standIn.serve(asked, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const standIn = new StandIn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
  return Object.assign(standIn, {
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

class StandIn {
  readonly issued: string[] = [];
  mood: AcmeServer['mood'] = null;
  days = 90;
  readonly #base: string;
  readonly #options: AcmeServerOptions;
  readonly #nonces = new Set<string>();
  readonly #accounts = new Map<string, Account>();
  readonly #orders: Order[] = [];

  constructor(base: string, options: AcmeServerOptions) {
    this.#base = base;
    this.#options = options;
  }

  get directory(): string {
    return `${this.#base}/directory`;
  }

  get accounts(): number {
    return this.#accounts.size;
  }

  async serve(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.mood === 'is slow') return;
    if (this.mood === 'is away') return void response.socket?.destroy();
    const {
      status = 200,
      headers = {},
      body,
    } = await this.#answer(asked).catch((error: Refused): Reply => {
      const type = `urn:ietf:params:acme:error:${error.type ?? 'serverInternal'}`;
      return { status: error.status ?? 500, body: { type, detail: error.message } };
    });
    const nonce = randomBytes(12).toString('base64url');
    this.#nonces.add(nonce);
    response.writeHead(status, { 'replay-nonce': nonce, 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
  }

  async #answer(asked: IncomingMessage): Promise<Reply> {
    const [base, path] = [this.#base, asked.url ?? ''];
    if (path === '/directory') {
      const meta = { externalAccountRequired: this.#options.binding !== undefined };
      return {
        body: { newNonce: `${base}/nonce`, newAccount: `${base}/account`, newOrder: `${base}/order`, meta },
      };
    }
    if (path === '/nonce') return { status: asked.method === 'HEAD' ? 200 : 204 };
    const { account, jwk, payload } = await this.#verified(asked, path);
    if (path === '/account') return this.#register(jwk, payload as { externalAccountBinding?: FlattenedJWSInput });
    if (!account) throw new Refused(400, 'accountDoesNotExist', 'No such account');
    if (base + path === account.url) return { body: { status: 'valid' } };
    if (path === '/order') return this.#order(account, payload as { identifiers: [{ value: string }] });
    const [, what, number] = /^\/(authz|challenge|finalize|order|cert)\/(\d+)$/.exec(path) ?? [];
    const found = this.#orders[Number(number)];
    if (!what || !found || found.account !== account) throw new Refused(404, 'malformed', 'No such thing');
    if (what === 'challenge' && payload && found.challenge === 'pending') await this.#validate(found);
    if (what === 'finalize') await this.#finalize(found, payload as { csr: string });
    if (what === 'cert')
      return { headers: { 'content-type': 'application/pem-certificate-chain' }, body: found.certificate };
    return { body: this.#view(what, found, Number(number)) };
  }

  /** Checks signature, nonce and address of a request, as the protocol asks for. */
  async #verified(asked: IncomingMessage, path: string) {
    let text = '';
    for await (const chunk of asked) text += chunk;
    const jws = JSON.parse(text) as FlattenedJWSInput & { protected: string };
    const head = JSON.parse(Buffer.from(jws.protected, 'base64url').toString());
    const account = this.#accounts.get(head.kid);
    const jwk = (account?.jwk ?? head.jwk) as JWK;
    const { payload } = await flattenedVerify(jws, await importJWK(jwk, head.alg)).catch(() => {
      throw new Refused(400, 'malformed', 'The signature is wrong');
    });
    if (!this.#nonces.delete(head.nonce)) throw new Refused(400, 'badNonce', 'The nonce was used');
    if (head.url !== this.#base + path) throw new Refused(400, 'unauthorized', 'Signed for another address');
    return { account, jwk, payload: payload.length === 0 ? null : JSON.parse(Buffer.from(payload).toString()) };
  }

  async #register(jwk: JWK, payload: { externalAccountBinding?: FlattenedJWSInput }): Promise<Reply> {
    const url = `${this.#base}/account/${await calculateJwkThumbprint(jwk)}`;
    const isNew = !this.#accounts.has(url);
    if (isNew) await this.#checkBinding(payload.externalAccountBinding);
    this.#accounts.set(url, this.#accounts.get(url) ?? { jwk, url });
    return { status: isNew ? 201 : 200, headers: { location: url }, body: { status: 'valid' } };
  }

  async #checkBinding(given: FlattenedJWSInput | undefined): Promise<void> {
    const { binding } = this.#options;
    if (!binding) return;
    const bound = given && (await flattenedVerify(given, Buffer.from(binding.key, 'base64url')).catch(() => null));
    if ((bound?.protectedHeader as { kid?: string } | undefined)?.kid !== binding.keyId)
      throw new Refused(403, 'externalAccountRequired', 'Accounts are for customers');
  }

  #order(account: Account, { identifiers: [{ value: hostname }] }: { identifiers: [{ value: string }] }): Reply {
    if (this.mood === 'refuses') throw new Refused(403, 'rejectedIdentifier', `Policy forbids issuing for ${hostname}`);
    const made: Order = { hostname, token: randomBytes(24).toString('base64url'), account, challenge: 'pending' };
    const number = this.#orders.push(made) - 1;
    const headers = { location: `${this.#base}/order/${number}` };
    return { status: 201, headers, body: this.#view('order', made, number) };
  }

  #view(what: string, found: Order, number: number): object {
    const { hostname, token, challenge, error } = found;
    const base = this.#base;
    const identifier = { type: 'dns', value: hostname };
    const url = `${base}/challenge/${number}`;
    const view = { type: 'http-01', url, token, status: challenge, ...(error ? { error } : {}) };
    if (what === 'challenge') return view;
    if (what === 'authz') return { identifier, status: challenge, challenges: [view] };
    const status = found.certificate ? 'valid' : challenge === 'valid' ? 'ready' : challenge;
    return {
      ...{ status, identifiers: [identifier], authorizations: [`${base}/authz/${number}`] },
      ...{ finalize: `${base}/finalize/${number}`, certificate: `${base}/cert/${number}` },
    };
  }

  /** Really fetches the answer from where the name leads. */
  async #validate(found: Order): Promise<void> {
    const expected = `${found.token}.${await calculateJwkThumbprint(found.account.jwk)}`;
    const path = `/.well-known/acme-challenge/${found.token}`;
    const where = this.#options.reach(found.hostname);
    const got = await get({ ...where, path, headers: { host: found.hostname } }).catch((error: Error) => ({
      ...{ status: 0, body: error.message },
    }));
    found.challenge = got.status === 200 && got.body === expected ? 'valid' : 'invalid';
    if (found.challenge === 'valid') return;
    const detail = `Invalid response from http://${found.hostname}${path}: ${got.status} ${got.body.slice(0, 40)}`;
    found.error = { type: 'urn:ietf:params:acme:error:unauthorized', detail };
  }

  async #finalize(found: Order, { csr }: { csr: string }): Promise<void> {
    if (found.challenge !== 'valid') throw new Refused(403, 'orderNotReady', 'Not validated');
    const der = new Uint8Array(Buffer.from(csr, 'base64url'));
    const names = await this.#options.ca.namesOf(der);
    if (names.join() !== found.hostname) throw new Refused(403, 'badCSR', 'The request is for other names');
    found.certificate = await this.#options.ca.sign(der, this.days);
    this.issued.push(found.hostname);
  }
}

function get(where: {
  host: string;
  port: number;
  path: string;
  headers: object;
}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { host, port, path } = where;
    const asked = request({ host, port, path, headers: { ...where.headers }, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('error', reject).end();
  });
}
