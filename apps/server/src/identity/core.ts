import type { IdentityDeps } from './deps.ts';
import type { Limiter } from './limits/limiter.ts';
import type { PasswordHasher } from './passwords/hashing.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { AccessTokens } from './tokens/access-token.ts';

/** What the use cases of people management work with. */
export interface Core extends IdentityDeps {
  hasher: PasswordHasher;
  limiter: Limiter;
  sessions: Sessions;
  accessTokens: AccessTokens;
}
