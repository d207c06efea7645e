import { scanMembers } from './json-scan.ts';

/** What the gateway must know of a request; the body itself is passed on untouched. */
export interface RequestPeek {
  model: string;
  stream: boolean;
  /** Most output tokens; null when the request does not say. */
  maxTokens: number | null;
  speed: 'standard' | 'fast';
}

const MEMBERS = ['model', 'stream', 'max_tokens', 'speed'] as const;
const LONGEST_MODEL = 200;

/** Null: not a Messages API request. */
export function peekRequest(pieces: readonly Buffer[]): RequestPeek | null {
  const members = scanMembers(pieces, MEMBERS);
  if (!members) return null;
  const [model, stream, maxTokens, speed] = members.map(parsed);
  if (typeof model !== 'string' || model === '' || model.length > LONGEST_MODEL) return null;
  return {
    model,
    stream: stream === true,
    maxTokens: typeof maxTokens === 'number' && Number.isSafeInteger(maxTokens) && maxTokens > 0 ? maxTokens : null,
    speed: speed === 'fast' ? 'fast' : 'standard',
  };
}

function parsed(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Names under which a model may be priced: as asked, then without the context suffix, then without its date. */
export function priceNames(model: string): string[] {
  const bare = model.replace(/\[\w+\]$/, '');
  const undated = bare.replace(/-\d{8}$/, '').replace(/-latest$/, '');
  return [...new Set([model, bare, undated])];
}
