import { setTimeout as pause } from 'node:timers/promises';
import { type DemoModel, startDemoModel } from '@talkide/demo-model';
import type { Client } from 'pg';
import { connect } from '../support/database.ts';
import { freePort, makeHome, type PlatformProcess, removeHome, startPlatform } from '../support/platform.ts';
import { type OwnTls, prepareTls } from '../support/tls.ts';

/** The platform under test, and the model beside it, which nobody kills and which remembers everything it served. */
export interface Stage {
  home: string;
  url: string;
  /** When it was asked for. */
  tls: OwnTls | null;
  model: DemoModel;
  /** When the platform was last started. */
  started(): Date;
  platform(): PlatformProcess;
  start(): Promise<void>;
  /** The database was started anew. */
  reconnect(): Promise<void>;
  /** Rows of the control plane's database; the platform must run. */
  query<T>(text: string, values?: unknown[]): Promise<T[]>;
  /** The answer to a request, tried again while the platform is away; refusals of the platform are answers. */
  send<T>(call: Call): Promise<{ status: number; body: T }>;
  /** An access token of the person. */
  token(): Promise<string>;
  close(): Promise<void>;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** The same key repeats the answer, not the effect. */
  key?: string;
}

const person = { email: 'ada@example.com', name: 'Ada', password: 'three unrelated words' };
/** Access tokens last ten minutes. */
const SIGN_IN_EVERY_MS = 5 * 60_000;
const RETRY_MS = 20;
const ANSWER_MS = 30_000;
const GIVE_UP_MS = 120_000;

/** Not a refusal of what was asked: a broken connection, or a server that starts or stops (57P.., 08...). */
const isOfConnection = (error: unknown) => !/^(?!57P|08)[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '');

export interface StageOptions {
  /** Under the starter, which lets releases take over. */
  kept?: boolean;
  /** HTTPS for these hosts. */
  secureHosts?: string[];
}

export async function openStage({ kept = false, secureHosts = [] }: StageOptions = {}): Promise<Stage> {
  const [home, port, model] = [await makeHome(), await freePort(), await startDemoModel({ eventMs: 6 })];
  const url = `http://localhost:${port}`;
  const tls = secureHosts.length > 0 ? await prepareTls(home, secureHosts) : null;
  const env = {
    TALKIDE_MODEL_BASE_URL: model.url,
    TALKIDE_MODEL_API_KEY: 'chaos',
    TALKIDE_MODEL: 'talkide-demo',
    TALKIDE_STARTING_CREDIT_USD: '1000',
    TALKIDE_FAIR_USE_CALLS_PER_DAY: '1000000',
    ...tls?.env,
  };
  let platform: PlatformProcess | undefined;
  let started = new Date();
  let database: Client | undefined;
  let token: { text: string; until: number } | undefined;

  async function attempt(call: Call, authorization: string | undefined) {
    const response = await fetch(url + call.path, {
      method: call.method,
      headers: {
        'content-type': 'application/json',
        ...call.headers,
        ...(authorization ? { authorization: `Bearer ${authorization}` } : {}),
        ...(call.key ? { 'idempotency-key': call.key } : {}),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  }

  async function insist(call: Call, authorization?: string) {
    const deadline = Date.now() + GIVE_UP_MS;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        const answer = await attempt(call, authorization);
        // 429: the platform that died had begun with this key, and its end is not known yet.
        if (answer.status < 500 && answer.status !== 429) return answer;
        last = answer;
      } catch (error) {
        last = error;
      }
      await pause(RETRY_MS);
    }
    throw new Error(`${call.method} ${call.path} had no answer`, { cause: last });
  }

  async function signedIn(): Promise<string> {
    if (token && token.until > Date.now()) return token.text;
    const signIn = await insist({ method: 'POST', path: '/api/auth/sign-in', body: person });
    const grant =
      signIn.status === 200 ? signIn : await insist({ method: 'POST', path: '/api/auth/sign-up', body: person });
    if (grant.status >= 400) throw new Error(`nobody could sign in: ${JSON.stringify(grant)}`);
    token = { text: grant.body.accessToken, until: Date.now() + SIGN_IN_EVERY_MS };
    return token.text;
  }

  async function reconnect(): Promise<void> {
    await database?.end().catch(() => {});
    database = undefined;
  }

  const stage: Stage = {
    ...{ home, url, tls, model },
    started: () => started,
    platform: () => {
      if (!platform) throw new Error('the platform was not started');
      return platform;
    },
    reconnect,
    async start() {
      await reconnect();
      platform = await startPlatform({ home, port, env, kept });
      started = new Date();
    },
    async query<T>(text: string, values: unknown[] = []) {
      // Our own connection is not under test: it may break with the server's.
      for (const deadline = Date.now() + ANSWER_MS; ; await pause(RETRY_MS)) {
        try {
          database ??= await connect(home, 'talkide');
          return (await database.query(text, values)).rows as T[];
        } catch (error) {
          if (!isOfConnection(error) || Date.now() > deadline) throw error;
          await reconnect();
        }
      }
    },
    send: async (call) => insist(call, await signedIn()),
    token: signedIn,
    async close() {
      await database?.end().catch(() => {});
      await platform?.stop(kept ? 'SIGTERM' : 'SIGKILL');
      await model.close();
      await removeHome(home);
    },
  };
  await stage.start();
  await signedIn();
  return stage;
}
