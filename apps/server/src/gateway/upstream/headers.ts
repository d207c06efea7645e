import { type IncomingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';

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
const RATE_LIMITS = 'anthropic-ratelimit-';

/** Header lines of the upstream call that come from the worker; Node has refused line breaks in them already. */
export function upstreamHeaderLines(request: IncomingHttpHeaders): string {
  let lines = '';
  for (const name of TO_UPSTREAM) {
    const value = request[name];
    if (value !== undefined) lines += `${name}: ${Array.isArray(value) ? value.join(', ') : value}\r\n`;
  }
  return lines;
}

/** Whether Node writes it: it reads more than that. */
function isWritable(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Headers of the answer to the worker: names and values by turns, as Node takes them without making an object. */
export function workerHeaders(upstream: ReadonlyMap<string, string>): string[] {
  const headers: string[] = [];
  for (const [name, value] of upstream) {
    if ((TO_WORKER.has(name) || name.startsWith(RATE_LIMITS)) && isWritable(name, value)) headers.push(name, value);
  }
  return headers;
}
