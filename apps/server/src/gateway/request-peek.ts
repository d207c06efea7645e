import { z } from 'zod';

const Peek = z.object({
  model: z.string().min(1).max(200),
  stream: z.boolean().optional(),
  max_tokens: z.number().optional(),
});

export interface RequestPeek {
  model: string;
  stream: boolean;
}

/** Reads what the gateway must know of a request body, which itself is passed on untouched. Null: not such a body. */
export function peekRequest(body: Buffer): RequestPeek | null {
  try {
    const { model, stream } = Peek.parse(JSON.parse(body.toString('utf8')));
    return { model, stream: stream ?? false };
  } catch {
    return null;
  }
}

/** Names under which a model may be priced: as asked, then without the context suffix, then without its date. */
export function priceNames(model: string): string[] {
  const bare = model.replace(/\[\w+\]$/, '');
  const undated = bare.replace(/-\d{8}$/, '').replace(/-latest$/, '');
  return [...new Set([model, bare, undated])];
}
