import { identityRoutes, type SessionGrant } from '@talkide/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import { bind } from '../platform/http/bind.ts';
import { localeOf } from '../platform/http/problems.ts';
import { toCaller, toMe } from './account/profile.ts';
import { anyAccount, findProfile } from './account/store.ts';
import type { Core } from './core.ts';
import { confirmReset, countResetRequest, sendResetLink } from './password-reset.ts';
import type { LiveSession } from './sessions/sessions.ts';
import type { Device } from './sessions/store.ts';
import { signIn } from './sign-in.ts';
import { modeNow, signUp } from './sign-up.ts';
import { isSameOrigin } from './tokens/origin.ts';
import { createRefreshCookie } from './tokens/refresh-cookie.ts';

/** Signing up, in and out. `later` runs work after the answer, so that its duration tells nothing. */
export function bindAuthRoutes(app: FastifyInstance, core: Core, later: (work: () => Promise<void>) => void): void {
  const { db, sessions, accessTokens, demoModel } = core;
  const { origin, protocol } = new URL(core.publicUrl);
  const cookie = createRefreshCookie(protocol === 'https:');

  async function grant(reply: FastifyReply, session: LiveSession & { userId: string }): Promise<SessionGrant> {
    const profile = await db.system((tx) => findProfile(tx, session.userId));
    if (!profile) throw new DomainError('session_ended');
    const { accessToken, expiresAt } = await accessTokens.issue(toCaller(profile, session.sessionId));
    cookie.set(reply, session.refreshToken, session.refreshExpiresAt);
    return { accessToken, expiresAt: expiresAt.toISOString(), me: toMe(profile) };
  }

  const demandOwnPage = (request: FastifyRequest) => {
    if (!isSameOrigin(request.headers, origin)) throw new DomainError('origin_refused');
  };

  bind(app, identityRoutes.authOptions, async () => ({
    signUpMode: await modeNow(core),
    firstAccount: !(await db.system(anyAccount)),
    demoModel,
  }));
  bind(app, identityRoutes.signUp, async ({ body, request, reply }) =>
    grant(reply, await signUp(core, { form: body, device: deviceOf(request), locale: localeOf(request) })),
  );
  bind(app, identityRoutes.signIn, async ({ body, request, reply }) =>
    grant(reply, await signIn(core, body, deviceOf(request))),
  );
  bind(app, identityRoutes.refresh, async ({ request, reply }) => {
    demandOwnPage(request);
    const token = cookie.read(request);
    if (!token) throw new DomainError('session_ended');
    try {
      return await grant(reply, await sessions.refresh(token, deviceOf(request)));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'session_ended') cookie.clear(reply);
      throw error;
    }
  });
  bind(app, identityRoutes.signOut, async ({ caller, request, reply }) => {
    demandOwnPage(request);
    const token = cookie.read(request);
    if (token) await sessions.endByToken(token);
    if (caller) await sessions.end(caller.userId, caller.sessionId);
    cookie.clear(reply);
  });
  bind(app, identityRoutes.requestPasswordReset, async ({ body, request }) => {
    await countResetRequest(core, body.email, request.ip);
    later(() => sendResetLink(core, body.email));
  });
  bind(app, identityRoutes.confirmPasswordReset, async ({ body, request }) => confirmReset(core, body, request.ip));
}

const deviceOf = (request: FastifyRequest): Device => ({
  userAgent: request.headers['user-agent'] ?? null,
  ip: request.ip,
});
