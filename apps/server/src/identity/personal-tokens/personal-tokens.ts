import { randomBytes } from 'node:crypto';
import type { PersonalToken } from '@talkide/contracts';
import { DomainError } from '../../errors.ts';
import type { Caller } from '../../platform/http/caller.ts';
import { sha256 } from '../../platform/secrets.ts';
import type { IdentityDeps } from '../deps.ts';
import { DAY_MS } from '../tokens/rotation.ts';
import * as store from './store.ts';

const MAX_TOKENS = 50;
const SHOWN_SIGNS = 9;
const TOUCH_EVERY_MS = 60_000;
const TOKEN_FORM = /^tk_[0-9a-f]{40}$/;

export interface PersonalTokens {
  list(owner: Caller): Promise<PersonalToken[]>;
  /** Makes a token; its text is in this answer and nowhere else. */
  create(
    owner: Caller,
    form: { name: string; expiresInDays?: number | undefined },
  ): Promise<PersonalToken & { token: string }>;
  revoke(owner: Caller, id: string): Promise<void>;
  /** Who a token stands for; null when it is unknown, revoked or expired. */
  authenticate(token: string): Promise<Caller | null>;
}

/** Personal tokens: passwords for programs, such as git. */
export function createPersonalTokens({ db, clock }: Pick<IdentityDeps, 'db' | 'clock'>): PersonalTokens {
  return {
    list: async (owner) => {
      const rows = await db.tenant(owner.tenantId, (tx) => store.listTokens(tx, owner, clock.now(), MAX_TOKENS));
      return rows.map(view);
    },
    create: async (owner, { name, expiresInDays }) => {
      const now = clock.now();
      const token = `tk_${randomBytes(20).toString('hex')}`;
      const row = await db.tenant(owner.tenantId, async (tx) => {
        const existing = await store.listTokens(tx, owner, now, MAX_TOKENS);
        if (existing.length >= MAX_TOKENS) throw new DomainError('too_many_tokens', { limit: MAX_TOKENS });
        return store.insertPersonalToken(tx, {
          tenantId: owner.tenantId,
          userId: owner.userId,
          name,
          tokenHash: sha256(token),
          prefix: token.slice(0, SHOWN_SIGNS),
          expiresAt: expiresInDays === undefined ? null : new Date(now.getTime() + expiresInDays * DAY_MS),
          now,
        });
      });
      return { ...view(row), token };
    },
    revoke: async (owner, id) => {
      const revoked = await db.tenant(owner.tenantId, (tx) => store.revokeToken(tx, owner, id, clock.now()));
      if (!revoked) throw new DomainError('not_found');
    },
    authenticate: async (token) => {
      if (!TOKEN_FORM.test(token)) return null;
      return db.system(async (tx) => {
        const now = clock.now();
        const owner = await store.findTokenOwner(tx, sha256(token), now);
        if (!owner) return null;
        const used = owner.last_used_at?.getTime() ?? 0;
        if (now.getTime() - used >= TOUCH_EVERY_MS) await store.touchToken(tx, owner.id, now);
        const { user_id: userId, tenant_id: tenantId, role, locale } = owner;
        return { userId, tenantId, sessionId: `personal-token:${owner.id}`, role, locale };
      });
    },
  };
}

type TokenRow = Awaited<ReturnType<typeof store.insertPersonalToken>>;
const view = (row: TokenRow): PersonalToken => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  expiresAt: row.expires_at?.toISOString() ?? null,
});
