/** The gateway as the platform runs it, everything on: tokens, prices, credit, journal, records in PostgreSQL. */
import { createServer } from 'node:http';
import { pino } from 'pino';
import { createCredit } from '../../apps/server/src/credit/index.ts';
import { createGateway } from '../../apps/server/src/gateway/index.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { createDatabase } from '../../apps/server/src/platform/db/index.ts';

const db = createDatabase({ url: process.env.DATABASE_URL ?? '', poolSize: 4 });
const log = pino({ level: 'error' });
const onError = (error: unknown) => log.error({ err: error }, 'failed');
const credit = await createCredit({
  ...{ db, clock: systemClock, onError, publicUrl: 'http://localhost' },
  fairUsePerDay: 100_000_000,
  payments: { provider: 'test', publishableKey: null },
  alone: true,
});
const gateway = await createGateway({
  ...{ db, log, credit, markupPercent: '20' },
  journalDir: process.env.JOURNAL_DIR ?? '',
  upstream: { baseUrl: process.env.UPSTREAM ?? '', apiKey: 'key' },
  killSwitch: async () => ({ enabled: false, reason: '' }),
  costChanged: async () => {},
});
const server = createServer(gateway.handle).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.on('message', async (turnId: string) => {
  await gateway.settled(turnId);
  process.send?.({ settled: turnId });
});
