import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slugFromEmail, slugVariant } from './slug.ts';

const label = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

describe('the slug of a tenant', () => {
  it.each([
    ['jana@example.com', 'jana'],
    ['Jana.Nováková@example.cz', 'jana-novakova'],
    ['jana+talkide@example.com', 'jana-talkide'],
    ['_._@example.com', 'studio'],
    ['李@example.com', 'studio'],
    [`${'x'.repeat(39)}.y@example.com`, 'x'.repeat(39)],
  ])('of %s is %s', (email, slug) => expect(slugFromEmail(email)).toBe(slug));

  it('has variants that stay labels and differ', () => {
    fc.assert(
      // The first is the slug itself, and a long one may end like its own second variant: then the third is free.
      fc.property(fc.emailAddress(), fc.integer({ min: 2, max: 99_999 }), (email, n) => {
        const slug = slugFromEmail(email);
        expect(slugVariant(slug, n)).toMatch(label);
        expect(slugVariant(slug, n)).not.toBe(slugVariant(slug, n + 1));
      }),
    );
  });
});
