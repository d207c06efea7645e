import { z } from 'zod';
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
const Model = z.string().min(1).max(200);

/** Null: not a Messages API request. */
export function peekRequest(body: Buffer): RequestPeek | null {
  const members = scanMembers(body, MEMBERS);
  const model = members && Model.safeParse(parsed(members.get('model'))).data;
  if (!model) return null;
  const maxTokens = parsed(members.get('max_tokens'));
  return {
    model,
    stream: parsed(members.get('stream')) === true,
    maxTokens: typeof maxTokens === 'number' && Number.isSafeInteger(maxTokens) && maxTokens > 0 ? maxTokens : null,
    speed: parsed(members.get('speed')) === 'fast' ? 'fast' : 'standard',
  };
}

function parsed(json: Buffer | undefined): unknown {
  if (!json) return undefined;
  try {
    return JSON.parse(json.toString('utf8'));
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
