import type { IncomingMessage } from 'node:http';

const LIMIT_BYTES = 32 * 1024 * 1024;

/** The body is larger than the Messages API takes. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The whole body of a request; rejects when the client leaves in the middle of it. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (bytes: Buffer) => {
      size += bytes.length;
      if (size > LIMIT_BYTES) {
        // The rest is read and thrown away, so that the refusal can be heard.
        pieces.length = 0;
        reject(new TooLarge());
      } else pieces.push(bytes);
    });
    request.on('end', () => {
      const [first] = pieces;
      resolve(first && pieces.length === 1 ? first : Buffer.concat(pieces));
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('The client left.')));
  });
}
