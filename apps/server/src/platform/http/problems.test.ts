import { errorCatalogue } from '@talkide/contracts';
import { expect, test } from 'vitest';
import { DomainError, sentence } from '../../errors.ts';
import { as, kernel } from './testing/kernel.ts';

test.each([
  ['the browser prefers Czech', { 'accept-language': 'cs-CZ,cs;q=0.9,en;q=0.8' }, 'Tady nic není.'],
  ['the browser prefers another language', { 'accept-language': 'de,cs;q=0.5' }, 'There is nothing here.'],
  ['the browser says nothing', {}, 'There is nothing here.'],
  ['the person chose Czech, whatever the browser', { ...as('czech'), 'accept-language': 'en' }, 'Tady nic není.'],
  [
    'the person chose English, whatever the browser',
    { ...as('user'), 'accept-language': 'cs' },
    'There is nothing here.',
  ],
])('%s', async (_when, headers, title) => {
  const app = await kernel();
  app.get('/api/missing', async () => {
    throw new DomainError('not_found');
  });
  const answer = await app.inject({ method: 'GET', url: '/api/missing', headers });
  expect(answer.json().title).toContain(title);
});

test('facts fill the sentence; one that is missing stays visible', () => {
  expect(sentence('bad_request', 'en', { reason: 'x: too short' })).toBe('The request does not fit: x: too short.');
  expect(sentence('transition_refused', 'en', { from: 'DRAFT', to: 'LIVE', allowed: ['PAUSED', 'DELETED'] })).toContain(
    'PAUSED, DELETED',
  );
  expect(sentence('bad_request', 'en')).toContain('{reason}');
});

test('every error of the catalogue has both languages with the same facts', () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [code, entry] of Object.entries(errorCatalogue)) {
    expect(new Set(holes(entry.cs)), code).toEqual(new Set(holes(entry.en)));
    expect(entry.status, code).toBeGreaterThanOrEqual(400);
  }
});
