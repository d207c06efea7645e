import { ConnectionPool } from '../../apps/server/src/gateway/upstream/pool.ts';

export interface Shot {
  ms: number;
  firstByteMs: number;
  bytes: number;
}

export interface ShootOptions {
  path: string;
  token: string;
  body: Buffer;
  concurrency: number;
  calls: number;
  /** Bytes of a right answer; null where the contestant writes answers of its own. */
  expected: number | null;
  headers: Record<string, string>;
}

/** Makes this many calls, so many at once. Throws when one does not answer 200 with the bytes that were asked for. */
export async function shoot(url: string, options: ShootOptions): Promise<Shot[]> {
  const pool = new ConnectionPool(new URL(url));
  const head = headOf(options);
  const shots: Shot[] = [];
  let left = options.calls;
  const worker = async () => {
    while (left-- > 0) shots.push(await one(pool, head, options));
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  } finally {
    pool.close();
  }
  return shots;
}

function headOf({ path, token, body, headers }: ShootOptions): string {
  const all = {
    host: 'bench',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
    'content-length': String(body.length),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function one(pool: ConnectionPool, head: string, { body, expected, path }: ShootOptions): Promise<Shot> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let firstByteMs = 0;
    let bytes = 0;
    let status = 0;
    pool.exchange(head, [body], 30_000, {
      head: (code) => {
        status = code;
      },
      data: (piece) => {
        if (bytes === 0) firstByteMs = performance.now() - begun;
        bytes += piece.length;
      },
      end: () => {
        const shot = { ms: performance.now() - begun, firstByteMs, bytes };
        if (status === 200 && (expected === null || bytes === expected)) resolve(shot);
        else reject(new Error(`${path} answered ${status} with ${bytes} bytes`));
      },
      failed: (code) => reject(new Error(`${path}: ${code}`)),
    });
  });
}
