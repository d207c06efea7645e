import type { FastifyInstance } from 'fastify';
import type { Caller } from '../platform/http/caller.ts';
import { bindAccountRoutes } from './account/routes.ts';
import { bindAuthRoutes } from './auth-routes.ts';
import { createBackground } from './background.ts';
import type { Core } from './core.ts';
import type { IdentityDeps } from './deps.ts';
import { createLimiter } from './limits/limiter.ts';
import { createPasswordHasher } from './passwords/hashing.ts';
import { createPersonalTokens } from './personal-tokens/personal-tokens.ts';
import { bindPersonalTokenRoutes } from './personal-tokens/routes.ts';
import { createEndedSessions } from './sessions/ended-sessions.ts';
import { bindSessionRoutes } from './sessions/routes.ts';
import { createSessions } from './sessions/sessions.ts';
import { sweep } from './sweep.ts';
import { createAccessTokens } from './tokens/access-token.ts';

export type { IdentityDeps } from './deps.ts';

/** People: accounts, sessions, passwords and personal tokens. */
export interface Identity {
  /** Who an access token stands for; null when it is forged, expired, or its session has ended. */
  authenticate(accessToken: string): Promise<Caller | null>;
  /** Who a personal token stands for; null when it is unknown, revoked or expired. */
  authenticatePersonalToken(token: string): Promise<Caller | null>;
  /** Calls back once for every session that ends, in whatever process; returns how to stop that. */
  onSessionEnded(callback: (sessionId: string) => void): () => void;
  routes(app: FastifyInstance): void;
  close(): Promise<void>;
}

const BCRYPT_COST = 12;
const HOUR_MS = 3_600_000;

export async function createIdentity(deps: IdentityDeps): Promise<Identity> {
  const { db, clock, secrets, log } = deps;
  const ended = await createEndedSessions(db, clock);
  const personalTokens = createPersonalTokens({ db, clock });
  const background = createBackground(log);
  background.every(HOUR_MS, () => sweep(db, clock));
  const core: Core = {
    ...deps,
    hasher: createPasswordHasher(deps.bcryptCost ?? BCRYPT_COST),
    limiter: createLimiter(db, clock),
    sessions: createSessions({ db, clock, secrets, ended }),
    accessTokens: createAccessTokens(secrets.derive('access-token', 'v1'), clock),
  };
  return {
    authenticate: async (accessToken) => {
      const caller = await core.accessTokens.read(accessToken);
      return caller && !ended.has(caller.sessionId) ? caller : null;
    },
    authenticatePersonalToken: personalTokens.authenticate,
    onSessionEnded: ended.onEnded,
    routes: (app) => {
      bindAuthRoutes(app, core, background.run);
      bindAccountRoutes(app, core);
      bindSessionRoutes(app, core);
      bindPersonalTokenRoutes(app, personalTokens);
    },
    close: async () => {
      await background.close();
      await ended.close();
    },
  };
}
