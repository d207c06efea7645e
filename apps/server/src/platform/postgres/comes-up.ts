import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 5;
/** After a crash PostgreSQL may have minutes of log to read again; it says every ten seconds how far it is. */
const SILENCE_MS = 60_000;

export interface Starting {
  isReady(): Promise<boolean>;
  hasEnded(): boolean;
  /** Bytes of its log, which grow when it says something. */
  logBytes(): number;
}

/** Whether a server comes up; false when it ends before, or says nothing for too long. */
export async function comesUp({ isReady, hasEnded, logBytes }: Starting, silenceMs = SILENCE_MS): Promise<boolean> {
  let heard = { bytes: logBytes(), at: performance.now() };
  for (;;) {
    if (await isReady()) return true;
    if (hasEnded()) return false;
    const bytes = logBytes();
    if (bytes !== heard.bytes) heard = { bytes, at: performance.now() };
    if (performance.now() - heard.at > silenceMs) return false;
    await delay(POLL_MS);
  }
}
