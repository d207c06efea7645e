import { identityRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { bind } from '../../platform/http/bind.ts';
import type { PersonalTokens } from './personal-tokens.ts';

export function bindPersonalTokenRoutes(app: FastifyInstance, tokens: PersonalTokens): void {
  bind(app, identityRoutes.listTokens, async ({ caller }) => ({ items: await tokens.list(caller) }));
  bind(app, identityRoutes.createToken, async ({ caller, body }) => tokens.create(caller, body));
  bind(app, identityRoutes.revokeToken, async ({ caller, params }) => tokens.revoke(caller, params.id));
}
