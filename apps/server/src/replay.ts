import { setTimeout as delay } from 'node:timers/promises';
import { attachDatabase } from './composition/attach.ts';
import { readConfig } from './config.ts';
import { askForReplay, readBooks, type Selection, stillWaiting } from './credit/index.ts';

const POLL_MS = 200;
const PATIENCE_MS = 60_000;

/** Has stored webhooks handled again by the running platform, waits for it, and says whether the books have changed. */
export async function replayWebhooks(selection: Selection, say: (text: string) => void): Promise<boolean> {
  const db = await attachDatabase(readConfig(process.env, process.cwd()));
  try {
    const before = await readBooks(db);
    const count = await askForReplay(db, selection);
    if (count === 0) {
      say('No stored webhook fits; nothing was replayed.');
      return false;
    }
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await delay(POLL_MS)) {
      if ((await stillWaiting(db)).length === 0) break;
    }
    const waiting = await stillWaiting(db);
    for (const { eventId, type, error } of waiting) say(`waits: ${eventId} ${type}${error ? `: ${error}` : ''}`);
    const after = await readBooks(db);
    const changed = [
      ...after.filter((line) => !before.includes(line)),
      ...before.filter((line) => !after.includes(line)),
    ];
    say(
      `${count} replayed, ${waiting.length} waiting. ${changed.length === 0 ? 'The books are as they were.' : 'The books have changed:'}`,
    );
    for (const line of changed) say(`  ${after.includes(line) ? '+' : '-'} ${line}`);
    return waiting.length === 0;
  } finally {
    await db.close();
  }
}
