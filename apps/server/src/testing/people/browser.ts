import type { SessionGrant } from '@talkide/contracts';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { freshEmail, freshIp, PASSWORD } from './server.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes
  body: any;
  headers: LightMyRequestResponse['headers'];
}

/** A browser with its cookie, its access token and an address of its own. */
export class TestBrowser {
  readonly ip = freshIp();
  token: string | null = null;
  cookie: string | null = null;
  readonly #app: FastifyInstance;

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  async call(method: Method, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await this.#app.inject({
      method,
      url,
      remoteAddress: this.ip,
      headers: {
        'sec-fetch-site': 'same-origin',
        'user-agent': 'Test browser',
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(this.cookie ? { cookie: `talkide_refresh=${this.cookie}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const set = response.cookies.find((one) => one.name === 'talkide_refresh');
    if (set) this.cookie = set.value === '' ? null : set.value;
    const text = response.body;
    const answer = {
      status: response.statusCode,
      body: text ? JSON.parse(text) : undefined,
      headers: response.headers,
    };
    if (answer.body?.accessToken) this.token = answer.body.accessToken;
    return answer;
  }

  /** Signs a new person up and keeps her session. */
  async signUp(email = freshEmail()): Promise<SessionGrant> {
    const answer = await this.call('POST', '/api/auth/sign-up', { email, password: PASSWORD, name: 'Test Person' });
    if (answer.status !== 201) throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
