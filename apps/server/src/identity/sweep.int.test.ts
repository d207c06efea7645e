import { describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { peopleServer, TestBrowser } from '../testing/people/index.ts';
import { limits } from './limits/limits.ts';
import { sweep } from './sweep.ts';

const { db } = await testDatabase();
const { app, clock } = await peopleServer(db);
const DAY = 86_400;

const tokensOf = (userId: string) =>
  db.system((tx) =>
    tx.selectFrom('refresh_token').select(['id', 'family_id']).where('user_id', '=', userId).orderBy('id').execute(),
  );

describe('the sweep', () => {
  it('deletes tokens a day after they expire, but keeps the first one of a living session', async () => {
    const browser = new TestBrowser(app);
    const { me } = await browser.signUp();
    const [first] = await tokensOf(me.id);
    for (let week = 0; week < 4; week += 1) {
      clock.pass(7 * DAY);
      await browser.call('POST', '/api/auth/refresh');
    }
    expect(await tokensOf(me.id)).toHaveLength(5);
    await sweep(db, clock);
    const kept = await tokensOf(me.id);
    expect(kept).toHaveLength(4);
    expect(kept[0]).toEqual(first);
    const [session] = (await browser.call('GET', '/api/me/sessions')).body.items;
    expect(Date.parse(session.lastUsedAt) - Date.parse(session.createdAt)).toBeGreaterThan(27 * DAY * 1000);

    clock.pass(15 * DAY);
    await sweep(db, clock);
    expect(await tokensOf(me.id)).toEqual([]);
  });

  it('deletes attempts that no limit looks at any more', async () => {
    const browser = new TestBrowser(app);
    await browser.call('POST', '/api/auth/sign-in', { body: { email: 'nobody@example.com', password: 'wrong' } });
    const count = async () =>
      (await db.system((tx) => tx.selectFrom('auth_rate_limit_attempt').select('id').execute())).length;
    await sweep(db, clock);
    expect(await count()).toBeGreaterThan(0);
    clock.pass(Math.max(...Object.values(limits).map((limit) => limit.windowSeconds)) + 1);
    await sweep(db, clock);
    expect(await count()).toBe(0);
  });
});
