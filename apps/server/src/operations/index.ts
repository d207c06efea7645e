import { operationsRoutes, type RuntimeStatus } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { Clock, Monotonic } from '../platform/clock.ts';
import type { Database } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import type { Secrets } from '../platform/secrets.ts';
import { createInvites, type Invites } from './invites/invites.ts';
import { bindInviteRoutes } from './invites/routes.ts';
import { createKillSwitches, type KillSwitchState } from './kill-switches/kill-switches.ts';
import type { KillSwitchKey } from './kill-switches/store.ts';
import { bindMailboxRoutes } from './mailbox/routes.ts';

export { audit } from './audit.ts';

export interface OperationsDeps {
  db: Database;
  clock: Clock;
  monotonic?: Monotonic;
  secrets: Secrets;
  publicUrl: string;
  runtimeStatus(): RuntimeStatus | Promise<RuntimeStatus>;
}

/** What the operator sees and switches. */
export interface Operations {
  /** Whether a kill switch is thrown (`enabled`: the thing is off), at most a second old. */
  killSwitch(key: KillSwitchKey): Promise<KillSwitchState>;
  /** What sign-up asks before it lets somebody in: the gate of `createIdentity`. */
  gate: {
    isSignUpOff(): Promise<boolean>;
    checkInvite: Invites['check'];
    claimInvite: Invites['claim'];
  };
  routes(app: FastifyInstance): void;
}

export function createOperations(deps: OperationsDeps): Operations {
  const { db } = deps;
  const killSwitches = createKillSwitches(db, deps.monotonic);
  const invites = createInvites(deps);
  return {
    killSwitch: killSwitches.state,
    gate: {
      isSignUpOff: async () => (await killSwitches.state('sign-up')).enabled,
      checkInvite: invites.check,
      claimInvite: invites.claim,
    },
    routes: (app) => {
      bindMailboxRoutes(app, db);
      bindInviteRoutes(app, invites);
      bind(app, operationsRoutes.runtimeStatus, async () => deps.runtimeStatus());
      bind(app, operationsRoutes.listKillSwitches, async () => ({ items: await killSwitches.list() }));
      bind(app, operationsRoutes.setKillSwitch, async ({ caller, params, body }) =>
        killSwitches.set(caller.userId, { ...params, ...body }),
      );
    },
  };
}
