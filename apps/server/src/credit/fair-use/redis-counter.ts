import { createClient } from 'redis';
import type { FairUseCounter } from './counter.ts';

const TWO_DAYS_SECONDS = 172_800;

/** KEYS: the day of a user. ARGV: wanted, limit, seconds to keep. One script runs at a time, so nothing comes between. */
const TAKE = `
  local calls = tonumber(redis.call('get', KEYS[1]) or '0')
  local taken = math.max(0, math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - calls))
  redis.call('set', KEYS[1], calls + taken, 'EX', ARGV[3])
  return taken`;
const GIVE_BACK = `
  local calls = tonumber(redis.call('get', KEYS[1]) or '0')
  redis.call('set', KEYS[1], math.max(0, calls - tonumber(ARGV[1])), 'EX', ARGV[2])
  return 0`;

/** Connects; commands wait for a Redis that is away and comes back. */
export async function createRedisCounter(url: string, onError: (error: unknown) => void): Promise<FairUseCounter> {
  const client = createClient(
    url.startsWith('unix:') ? { socket: { path: new URL(url).pathname, tls: false as const } } : { url },
  );
  client.on('error', onError);
  await client.connect();
  const keyOf = (userId: string, day: string) => `talkide:fair-use:${userId}:${day}`;
  return {
    take: async (userId, day, wanted, limit) =>
      Number(
        await client.eval(TAKE, {
          keys: [keyOf(userId, day)],
          arguments: [String(wanted), String(limit), String(TWO_DAYS_SECONDS)],
        }),
      ),
    giveBack: async (userId, day, calls) => {
      const keys = [keyOf(userId, day)];
      await client.eval(GIVE_BACK, { keys, arguments: [String(calls), String(TWO_DAYS_SECONDS)] });
    },
    close: async () => {
      await client.close();
    },
  };
}
