import { identityRoutes, type Me } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import type { Tx } from '../../platform/db/index.ts';
import { bind } from '../../platform/http/bind.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { changePassword } from '../change-password.ts';
import type { Core } from '../core.ts';
import * as preferences from './preferences-store.ts';
import { toMe } from './profile.ts';
import { findProfile } from './store.ts';

/** The signed-in person and her preferences. */
export function bindAccountRoutes(app: FastifyInstance, core: Core): void {
  const changed = (caller: Caller, change: (tx: Tx, userId: string) => Promise<void>): Promise<Me> =>
    core.db.system(async (tx) => {
      await change(tx, caller.userId);
      const profile = await findProfile(tx, caller.userId);
      if (!profile) throw new DomainError('session_ended');
      return toMe(profile);
    });

  bind(app, identityRoutes.me, async ({ caller }) => changed(caller, async () => {}));
  bind(app, identityRoutes.updateMe, async ({ caller, body }) =>
    changed(caller, (tx, userId) => preferences.setName(tx, userId, body.name)),
  );
  bind(app, identityRoutes.setLocale, async ({ caller, body }) =>
    changed(caller, (tx, userId) => preferences.setLocale(tx, userId, body.locale)),
  );
  bind(app, identityRoutes.setSounds, async ({ caller, body }) =>
    changed(caller, (tx, userId) => preferences.setSounds(tx, userId, body)),
  );
  bind(app, identityRoutes.setNotifications, async ({ caller, body }) =>
    changed(caller, (tx, userId) => preferences.setNotifications(tx, userId, body)),
  );
  bind(app, identityRoutes.changePassword, async ({ caller, body }) => changePassword(core, caller, body));
}
