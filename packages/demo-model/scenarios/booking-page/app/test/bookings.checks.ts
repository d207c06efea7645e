import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../server/app.ts';
import { bookingFields } from '../shared/booking-page.ts';
import { dayText, openDays, opening } from '../shared/calendar.ts';
import { sampleValues } from './samples.ts';

const guest = sampleValues(bookingFields);
let app: FastifyInstance;

before(() => {
  app = buildApp();
});
after(() => app.close());

const book = (payload: object) => app.inject({ method: 'POST', url: '/api/bookings', payload });

test('weekends are closed', () => {
  assert.deepEqual(openDays('2026-01-02').slice(0, 3), ['2026-01-02', '2026-01-05', '2026-01-06']);
});

test('a day or a time that is not offered is refused', async () => {
  const past = await book({ ...guest, day: '2020-01-06', slot: opening.slots[0] });
  assert.deepEqual(Object.keys(past.json().fields), ['day']);
  const night = await book({ ...guest, day: openDays(dayText(new Date()))[0], slot: '03:00' });
  assert.deepEqual(Object.keys(night.json().fields), ['slot']);
});

test('a booking needs a name and a working address', async () => {
  const when = { day: openDays(dayText(new Date()))[0], slot: opening.slots[0] };
  const answer = await book({ ...guest, ...when, name: '', email: 'nowhere' });
  assert.equal(answer.statusCode, 400);
  assert.deepEqual(Object.keys(answer.json().fields), ['name', 'email']);
});
