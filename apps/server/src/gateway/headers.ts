import type { IncomingHttpHeaders } from 'node:http';

/** Only these reach the upstream; the worker's token and the rest stay here. */
const TO_UPSTREAM = ['content-type', 'accept', 'anthropic-version', 'anthropic-beta', 'user-agent'] as const;

/** These come back, with every `anthropic-ratelimit-*`. The account behind the key is nobody's business. */
const TO_WORKER = new Set([
  'content-type',
  'content-encoding',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
]);

/** Headers of the upstream call. `identity`, because the meter reads the bytes that pass. */
export function upstreamHeaders(request: IncomingHttpHeaders, apiKey: string): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'x-api-key': apiKey };
  for (const name of TO_UPSTREAM) {
    const value = request[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** Headers of the answer to the worker. */
export function workerHeaders(upstream: IncomingHttpHeaders): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(upstream)) {
    if (value !== undefined && (TO_WORKER.has(name) || name.startsWith('anthropic-ratelimit-'))) headers[name] = value;
  }
  return headers;
}
