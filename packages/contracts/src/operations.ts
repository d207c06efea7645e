import { z } from 'zod';
import { Id, IdParams, PageQuery, page, route, Text, Timestamp } from './route.ts';

export const Mail = z.object({
  id: Id,
  type: z.string(),
  recipient: z.string(),
  subject: z.string(),
  status: z.enum(['PENDING', 'SENT', 'FAILED']),
  createdAt: Timestamp,
});
export type Mail = z.infer<typeof Mail>;
export const MailBody = Mail.extend({ text: z.string(), html: z.string().nullable() });

export const KillSwitch = z.object({
  key: z.enum(['sign-up', 'agent-turns', 'publish']),
  enabled: z.boolean(),
  reason: z.string(),
  updatedAt: Timestamp.nullable(),
});
export type KillSwitch = z.infer<typeof KillSwitch>;

export const RuntimeStatus = z.object({
  status: z.enum(['available', 'unavailable', 'checking']),
  limits: z.string().nullable(),
  /** DEVELOPMENT: the sandboxes of this system will do for one person's own platform. Null while nothing may run. */
  grade: z.enum(['PRODUCTION', 'DEVELOPMENT']).nullable(),
  reason: z.string().nullable(),
  mend: z.string().nullable(),
  /** What makes the agents' model calls. CLI: a developer's own program and login, on the host's network. */
  executor: z.enum(['NETWORK_WORKER', 'CLI']),
  /** Of the disk of the home. While it is low no turns, builds or publishes begin. */
  room: z.object({ freeMb: z.number().int(), floorMb: z.number().int(), low: z.boolean() }),
});
export type RuntimeStatus = z.infer<typeof RuntimeStatus>;

export const Invite = z.object({
  id: Id,
  email: z.string().nullable(),
  status: z.enum(['PENDING', 'CLAIMED', 'EXPIRED', 'REVOKED']),
  issuedAt: Timestamp,
  expiresAt: Timestamp,
});

const tag = 'operations';
export const operationsRoutes = {
  listMails: route({
    method: 'GET',
    url: '/api/admin/mails',
    access: 'admin',
    tag,
    summary: 'Mail that the platform sent, newest first',
    query: PageQuery,
    responses: { 200: page(Mail) },
  }),
  getMail: route({
    method: 'GET',
    url: '/api/admin/mails/:id',
    access: 'admin',
    tag,
    summary: 'One mail with its text',
    params: IdParams,
    responses: { 200: MailBody },
  }),
  runtimeStatus: route({
    method: 'GET',
    url: '/api/admin/runtime',
    access: 'admin',
    tag,
    summary: 'Whether agents and applications may run here, and why not',
    responses: { 200: RuntimeStatus },
  }),
  listKillSwitches: route({
    method: 'GET',
    url: '/api/admin/kill-switches',
    access: 'admin',
    tag,
    summary: 'Kill switches',
    responses: { 200: z.object({ items: z.array(KillSwitch) }) },
  }),
  setKillSwitch: route({
    method: 'PUT',
    url: '/api/admin/kill-switches/:key',
    access: 'admin',
    tag,
    summary: 'Turn something off or on for everybody',
    params: z.object({ key: KillSwitch.shape.key }),
    body: z.object({ enabled: z.boolean(), reason: Text.trim().max(500).default('') }),
    responses: { 200: KillSwitch },
  }),
  listInvites: route({
    method: 'GET',
    url: '/api/admin/invites',
    access: 'admin',
    tag,
    summary: 'Invitations, newest first',
    query: PageQuery,
    responses: { 200: page(Invite) },
  }),
  createInvite: route({
    method: 'POST',
    url: '/api/admin/invites',
    access: 'admin',
    tag,
    summary: 'Invite a person by mail; the link is shown once',
    body: z.object({ email: z.email().max(254) }),
    responses: { 201: Invite.extend({ url: z.string() }) },
  }),
  revokeInvite: route({
    method: 'DELETE',
    url: '/api/admin/invites/:id',
    access: 'admin',
    tag,
    summary: 'Revoke an invitation',
    params: IdParams,
    responses: { 204: z.void() },
    errors: ['invite_settled'],
  }),
};
