import { describe, expect, test } from 'vitest';
import { page, visitorLocale } from './page.ts';
import { type PageKind, pageStatus, pageTexts } from './page-texts.ts';

const kinds = Object.keys(pageStatus) as PageKind[];

describe('pages instead of an app', () => {
  test.each(kinds)('%s is complete in both languages', (kind) => {
    for (const locale of ['en', 'cs'] as const) {
      const { title, text, hint } = pageTexts[locale][kind];
      const { status, body, headers } = page(kind, { accept: 'text/html,*/*', language: locale });
      expect(status).toBe(pageStatus[kind]);
      for (const sentence of [title, text, hint]) expect(body).toContain(sentence);
      expect(body).toContain(`<html lang="${locale}">`);
      expect(headers).toMatchObject({ 'Content-Language': locale, 'Cache-Control': 'no-store' });
    }
  });

  test('programs get problem details', () => {
    const { body, headers } = page('crashed', { accept: 'application/json' });
    expect(headers['Content-Type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status: 502, code: 'app_crashed' });
  });

  test('an app that wakes says when to come back, and the page does so itself', () => {
    const { body, headers } = page('tooSlow', { accept: 'text/html' });
    expect(headers['Retry-After']).toBe('3');
    expect(body).toContain('http-equiv="refresh"');
  });

  test.each([
    ['cs-CZ,cs;q=0.9,en;q=0.8', 'cs'],
    ['en-GB,cs;q=0.5', 'en'],
    ['de,cs;q=0.5,en;q=0.4', 'cs'],
    ['de', 'en'],
    [undefined, 'en'],
    ['en;q=0.1, cs;q=0.2', 'cs'],
    [';;q=,', 'en'],
  ])('a visitor who prefers %s reads %s', (header, locale) => {
    expect(visitorLocale(header)).toBe(locale);
  });
});
