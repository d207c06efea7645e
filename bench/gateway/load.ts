import { ConnectionPool } from '../../apps/server/src/gateway/upstream/pool.ts';

export interface Shot {
  ms: number;
  firstByteMs: number;
  bytes: number;
}

/** Makes this many calls, so many at once. Throws when one does not answer 200 with the bytes that were asked for. */
export async function shoot(
  url: string,
  options: {
    path: string;
    token: string;
    body: Buffer;
    concurrency: number;
    calls: number;
    /** Bytes of a right answer; null where the contestant writes answers of its own. */
    expected: number | null;
    headers: Record<string, string>;
  },
): Promise<Shot[]> {
  const pool = new ConnectionPool(new URL(url));
  const more = Object.entries(options.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const head = `POST ${options.path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${options.token}\r\ncontent-type: application/json\r\nanthropic-version: 2023-06-01\r\ncontent-length: ${options.body.length}\r\n${more}\r\n`;
  const shots: Shot[] = [];
  let left = options.calls;
  const one = () =>
    new Promise<Shot>((resolve, reject) => {
      const begun = performance.now();
      let firstByteMs = 0;
      let bytes = 0;
      let status = 0;
      pool.exchange(head, [options.body], 30_000, {
        head: (code) => {
          status = code;
        },
        data: (piece) => {
          if (bytes === 0) firstByteMs = performance.now() - begun;
          bytes += piece.length;
        },
        end: () => {
          const shot = { ms: performance.now() - begun, firstByteMs, bytes };
          if (status === 200 && (options.expected === null || bytes === options.expected)) resolve(shot);
          else reject(new Error(`${url}${options.path} answered ${status} with ${bytes} bytes`));
        },
        failed: (code) => reject(new Error(`${url}: ${code}`)),
      });
    });
  const worker = async () => {
    while (left-- > 0) shots.push(await one());
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  } finally {
    pool.close();
  }
  return shots;
}
