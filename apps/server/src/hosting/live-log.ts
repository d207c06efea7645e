import type { LiveEvent } from '@talkide/contracts';

const FLUSH_MS = 100;
/** A page shows the tail anyhow; a build that floods is not worth a notification storm. */
const MAX_CHARACTERS = 200_000;

/** Gathers a build's output and hands it to the feed a few times a second. */
export function createLiveLog(
  publish: (event: LiveEvent) => Promise<void>,
  ids: { projectId: string; buildId: string },
) {
  const decoder = new TextDecoder();
  let waiting = '';
  let offset = 0;
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();

  const flush = () => {
    timer = null;
    if (!waiting) return;
    const event: LiveEvent = { type: 'build.log', ...ids, offset, text: waiting };
    offset += waiting.length;
    waiting = '';
    // A page that misses a line reads the log itself; a build does not fail for it.
    sending = sending.then(() => publish(event)).catch(() => {});
  };
  return {
    write(chunk: Buffer): void {
      if (offset + waiting.length > MAX_CHARACTERS) return;
      waiting += decoder.decode(chunk, { stream: true });
      timer ??= setTimeout(flush, FLUSH_MS);
    },
    async end(): Promise<void> {
      if (timer) clearTimeout(timer);
      flush();
      await sending;
    },
  };
}
