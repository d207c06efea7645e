import type { Me, SessionGrant } from '@talkide/contracts';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectClient } from '@/api/authorized-fetch';
import { api, unwrap } from '@/api/client';
import { useSession } from './session';

const me = { id: '1', name: 'Ella', locale: 'en', role: 'USER' } as Me;
const grant = (accessToken: string, seconds = 600): SessionGrant => ({
  accessToken,
  expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
  me,
});
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const problem = (status: number, code: string) => json({ status, code, detail: `${code}.` }, status);

/** Answers of the platform by path; every call is recorded with the token it carried. */
let answers: Record<string, (token: string | null) => Response | Promise<Response>>;
let calls: [path: string, token: string | null][];
const callsTo = (path: string) => calls.filter(([called]) => called === path);

beforeEach(() => {
  setActivePinia(createPinia());
  localStorage.clear();
  answers = {};
  calls = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname;
    const token = request.headers.get('Authorization');
    calls.push([path, token]);
    return (await answers[path]?.(token)) ?? problem(404, 'not_found');
  });
  connectClient(useSession(), () => 'cs');
});
afterEach(() => {
  useSession().forget();
  vi.unstubAllGlobals();
});

describe('session', () => {
  it('asks for nothing when this browser was never signed in', async () => {
    await useSession().resume();
    expect(useSession().status).toBe('signed-out');
    expect(calls).toEqual([]);
  });

  it('is picked up from the cookie when the page loads', async () => {
    localStorage.setItem('talkide.signed-in', '1');
    answers['/api/auth/refresh'] = () => json(grant('a'));
    await useSession().resume();
    expect(useSession().isSignedIn).toBe(true);
    expect(useSession().me?.name).toBe('Ella');
  });

  it('renews once for calls in parallel', async () => {
    answers['/api/auth/refresh'] = async () => json(grant('b'));
    const session = useSession();
    session.take(grant('a', 1));
    expect(await Promise.all([session.current(), session.current(), session.renew()])).toEqual(['b', 'b', 'b']);
    expect(callsTo('/api/auth/refresh')).toHaveLength(1);
    expect(await session.current()).toBe('b');
  });

  it('renews a refused token once and repeats the calls', async () => {
    useSession().take(grant('old'));
    answers['/api/auth/refresh'] = async () => json(grant('new'));
    answers['/api/me'] = (token) => (token === 'Bearer new' ? json(me) : problem(401, 'unauthenticated'));
    answers['/api/todos'] = (token) =>
      token === 'Bearer new' ? json({ id: 'x', title: 't' }) : problem(401, 'unauthenticated');
    const [got] = await Promise.all([
      unwrap(api.GET('/api/me')),
      unwrap(api.POST('/api/todos', { body: { title: 't' } })),
    ]);
    expect(got).toMatchObject({ name: 'Ella' });
    expect(callsTo('/api/auth/refresh')).toHaveLength(1);
    expect(callsTo('/api/todos')).toHaveLength(2);
  });

  it('ends when the refresh token is refused', async () => {
    useSession().take(grant('old'));
    answers['/api/auth/refresh'] = () => problem(401, 'session_ended');
    answers['/api/me'] = () => problem(401, 'unauthenticated');
    await expect(unwrap(api.GET('/api/me'))).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(useSession().status).toBe('signed-out');
  });

  it('stays when the platform is only away', async () => {
    useSession().take(grant('old', 1));
    answers['/api/auth/refresh'] = () => problem(503, 'unavailable');
    await expect(useSession().current()).rejects.toMatchObject({ code: 'unavailable' });
    expect(useSession().isSignedIn).toBe(true);
  });

  it('does not take a wrong current password for an old token', async () => {
    useSession().take(grant('a'));
    answers['/api/me/password'] = () => problem(401, 'credentials_wrong');
    const body = { currentPassword: 'x', newPassword: 'long enough' };
    await expect(unwrap(api.PUT('/api/me/password', { body }))).rejects.toMatchObject({ code: 'credentials_wrong' });
    expect(callsTo('/api/auth/refresh')).toEqual([]);
  });
});

describe('session, when the platform is away', () => {
  it('says so while a page loads, and knows nothing', async () => {
    localStorage.setItem('talkide.signed-in', '1');
    answers['/api/auth/refresh'] = () => problem(503, 'unavailable');
    await useSession().resume();
    expect(useSession().status).toBe('unknown');
    expect(useSession().away?.code).toBe('unavailable');
  });
});

describe('session, across tabs', () => {
  it('ends when another tab signs out', () => {
    useSession().take(grant('a'));
    dispatchEvent(new StorageEvent('storage', { key: 'talkide.signed-in', newValue: null }));
    expect(useSession().status).toBe('signed-out');
  });
});
