import { z } from 'zod';
import { IdParams, route, Timestamp } from './route.ts';

/** Who asked: the application in the preview or as published, or the installation of its packages. */
export const EgressKind = z.enum(['PREVIEW', 'PUBLISHED', 'PACKAGES']);
export type EgressKind = z.infer<typeof EgressKind>;

/**
 * Why a host was refused: its address is not on the public internet; its port is not one of the web; its name is not known; too many connections at once; it does not answer;
 * packages may come from the registry only.
 */
export const EgressReason = z.enum(['NOT_PUBLIC', 'PORT', 'NOT_FOUND', 'TOO_MANY', 'UNREACHABLE', 'NOT_LISTED']);
export type EgressReason = z.infer<typeof EgressReason>;

export const EgressHost = z.object({
  host: z.string(),
  kind: EgressKind,
  requests: z.number().int(),
  refused: z.number().int(),
  bytesOut: z.number().int(),
  bytesIn: z.number().int(),
  /** Of the last one that was refused. */
  reason: EgressReason.nullable(),
  lastHour: Timestamp,
});
export type EgressHost = z.infer<typeof EgressHost>;

export const egressRoutes = {
  listEgress: route({
    method: 'GET',
    url: '/api/projects/:id/network',
    access: 'user',
    tag: 'network',
    summary: 'Hosts that the application asked for in the last days, the busiest first',
    params: IdParams,
    query: z.object({ days: z.coerce.number().int().min(1).max(30).default(7) }),
    responses: { 200: z.object({ items: z.array(EgressHost) }) },
  }),
};
