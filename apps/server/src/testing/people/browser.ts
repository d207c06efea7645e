import { identityRoutes, type SessionGrant } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { type TestClient, testClient } from '../client.ts';
import { freshEmail, freshIp, PASSWORD } from './server.ts';

/** A browser with its cookie, its access token and an address of its own. */
export class TestBrowser implements TestClient {
  readonly ip = freshIp();
  token: string | null = null;
  cookie: string | null = null;
  readonly call: TestClient['call'];

  constructor(app: FastifyInstance) {
    const client = testClient(app, {
      remoteAddress: this.ip,
      headers: () => ({
        'sec-fetch-site': 'same-origin',
        'user-agent': 'Test browser',
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(this.cookie ? { cookie: `talkide_refresh=${this.cookie}` } : {}),
      }),
      onAnswer: (response) => {
        const set = response.cookies.find((one) => one.name === 'talkide_refresh');
        if (set) this.cookie = set.value === '' ? null : set.value;
        const isJson = String(response.headers['content-type']).includes('json');
        const { accessToken } = isJson ? response.json<Partial<SessionGrant>>() : {};
        if (accessToken) this.token = accessToken;
      },
    });
    this.call = client.call;
  }

  /** Signs a new person up and keeps her session. */
  async signUp(email = freshEmail()): Promise<SessionGrant> {
    const { status, body } = await this.call(identityRoutes.signUp, {
      body: { email, password: PASSWORD, name: 'Test Person' },
    });
    if (status !== 201) throw new Error(`sign-up answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }
}
