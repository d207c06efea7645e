import type { AuthOptions } from '@talkide/contracts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { Tenancy } from '../tenancy/index.ts';

/** What people management needs of the operator's side. */
interface SignUpGate {
  /** True while the operator has switched sign-up off. */
  isSignUpOff(): Promise<boolean>;
  /** Refuses an invitation that cannot be redeemed, with a limit on guessing. */
  checkInvite(token: string, ip: string): Promise<void>;
  /** Redeems an invitation in the transaction of the sign-up; false when it cannot be redeemed (any more). */
  claimInvite(tx: Tx, token: string, claim: { userId: string; ip: string }): Promise<boolean>;
}

export interface IdentityDeps {
  db: Database;
  clock: Clock;
  secrets: Secrets;
  /** Origin of the platform, e.g. `http://localhost:9090`; its scheme decides on the cookie. */
  publicUrl: string;
  signUpMode: AuthOptions['signUpMode'];
  demoModel: boolean;
  /** Credit of a new account, US dollars as a decimal string. */
  startingCreditUsd: string;
  tenancy: Pick<Tenancy, 'makeTenant'>;
  gate: SignUpGate;
  log: { error(facts: object, message: string): void };
  /** 12 unless a test hurries. */
  bcryptCost?: number;
}
