import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../testing/index.ts';
import { peopleServer, TestBrowser } from '../../testing/people/index.ts';

const { db } = await testDatabase();
const { app } = await peopleServer(db);
const visitor = new TestBrowser(app);
const person = new TestBrowser(app);
await person.signUp();

const sounds = { newMessage: false, sendMessage: true, taskCompleted: false, taskError: true, masterVolume: 0 };
const notifications = { billingAlerts: false, securityAlerts: true, productUpdates: false };

describe('preferences', () => {
  it.each([
    ['PATCH', '/api/me', { name: '  Jana Nová ' }, { name: 'Jana Nová' }],
    ['PUT', '/api/me/locale', { locale: 'cs' }, { locale: 'cs' }],
    ['PUT', '/api/me/sound-preferences', sounds, { sounds }],
    ['PUT', '/api/me/notification-preferences', notifications, { notifications }],
  ] as const)('%s %s is kept', async (method, url, body, expected) => {
    const answer = await person.call(method, url, { body });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject(expected);
    expect((await person.call('GET', '/api/me')).body).toEqual(answer.body);
  });

  it.each([
    ['PATCH', '/api/me', { name: ' ' }],
    ['PUT', '/api/me/locale', { locale: 'de' }],
    ['PUT', '/api/me/sound-preferences', { ...sounds, masterVolume: 101 }],
    ['PUT', '/api/me/notification-preferences', { billingAlerts: true }],
  ] as const)('%s %s refuses what does not fit', async (method, url, body) => {
    const answer = await person.call(method, url, { body });
    expect([answer.status, answer.body.code]).toEqual([400, 'bad_request']);
  });

  it.each([
    ['PATCH', '/api/me', { name: 'Eve' }],
    ['PUT', '/api/me/locale', { locale: 'cs' }],
    ['PUT', '/api/me/sound-preferences', sounds],
    ['PUT', '/api/me/notification-preferences', notifications],
  ] as const)('%s %s is for the signed-in', async (method, url, body) => {
    expect((await visitor.call(method, url, { body })).status).toBe(401);
  });

  it('speaks to the person in her language from the next token on', async () => {
    await person.call('PUT', '/api/me/locale', { body: { locale: 'cs' } });
    await person.call('POST', '/api/auth/refresh');
    expect((await person.call('DELETE', '/api/me/tokens/999999')).body.detail).toContain('Tady nic není');
  });
});
