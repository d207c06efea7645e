/** The part of webhooks:replay that needs Node 24: takes the choice as JSON. */
import { replayWebhooks } from '../apps/server/src/replay.ts';

const { id, type } = JSON.parse(process.argv[2] ?? '{}') as { id?: string; type?: string };
const selection = id ? { eventId: id } : type ? { type } : ({ all: true } as const);
const say = (text: string) => process.stdout.write(`${text}\n`);
try {
  process.exitCode = (await replayWebhooks(selection, say)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
