import { z } from 'zod';
import { IdParams, route, Timestamp } from './route.ts';

export const MetricRange = z.enum(['HOUR', 'DAY', 'WEEK', 'MONTH']);
export type MetricRange = z.infer<typeof MetricRange>;

/** How an application did in one step of time; a step in which nothing happened has zeros. */
export const MetricStep = z.object({
  at: Timestamp,
  requests: z.number().int(),
  /** Answers of 500 and above, pages of the platform in place of the application included. */
  errors: z.number().int(),
  /** Milliseconds within which half, and 95 of 100, of the answers were given; null without an answer. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  bytesOut: z.number().int(),
  cpuMs: z.number().int(),
  /** The most at any look. */
  memoryBytes: z.number().int(),
  /** Starts from nothing, and goings on of a frozen process. */
  coldWakes: z.number().int(),
  thaws: z.number().int(),
});
export type MetricStep = z.infer<typeof MetricStep>;

export const metricRoutes = {
  readMetrics: route({
    method: 'GET',
    url: '/api/projects/:id/metrics',
    access: 'user',
    tag: 'metrics',
    summary: 'Requests, errors, times, bytes, processor, memory and wakes of the application, oldest first',
    params: IdParams,
    query: z.object({ kind: z.enum(['PREVIEW', 'PUBLISHED']), range: MetricRange.default('DAY') }),
    responses: { 200: z.object({ stepSeconds: z.number().int(), steps: z.array(MetricStep), total: MetricStep }) },
  }),
};
