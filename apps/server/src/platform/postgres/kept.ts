import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts';

/** What happens to a server that is kept; for the log. */
export type ServerNews = { kind: 'ended' } | { kind: 'started' } | { kind: 'failed'; error: unknown };

/** A server that is started again whenever it ends, at the same address. */
export type KeptPostgres = Pick<EmbeddedPostgres, 'socketDir' | 'adminUrl' | 'stop'>;

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 10_000;

/** Starts the server and keeps it: while it does not start, because its disk is full for instance, it is tried again and again. */
export async function keepEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  onNews: (news: ServerNews) => void,
): Promise<KeptPostgres> {
  const stopping = new AbortController();
  let server = await startEmbeddedPostgres(options);
  const { socketDir, adminUrl } = server;

  async function startAgain(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !stopping.signal.aborted; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      try {
        server = await startEmbeddedPostgres(options);
        onNews({ kind: 'started' });
        return;
      } catch (error) {
        onNews({ kind: 'failed', error });
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }
  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      await server.exited;
      if (stopping.signal.aborted) return;
      onNews({ kind: 'ended' });
      await startAgain();
    }
  }
  const kept = keep();
  return {
    ...{ socketDir, adminUrl },
    stop: async () => {
      stopping.abort();
      await server.stop();
      await kept;
      // One that was just being started.
      await server.stop();
    },
  };
}
