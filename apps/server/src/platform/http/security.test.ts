import { expect, test } from 'vitest';
import { DomainError } from '../../errors.ts';
import { securityHeaders } from './security.ts';
import { kernel } from './testing/kernel.ts';

const local = securityHeaders({ publicUrl: 'http://localhost:9090', appDomain: 'localhost:9090' });

test('the policy allows our own scripts and frames of applications, nothing inline and nobody to frame us', () => {
  const policy = local['content-security-policy'] ?? '';
  expect(policy).not.toMatch(/unsafe-|\*(?!\.localhost:9090)/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain('frame-src http://*.localhost:9090');
});

test('what Stripe needs is allowed where it is set up, and only there', () => {
  const headersOf = (stripe: boolean) =>
    securityHeaders({ publicUrl: 'http://localhost:9090', appDomain: 'localhost:9090', stripe });
  const policyOf = (stripe: boolean) => headersOf(stripe)['content-security-policy'];
  expect(headersOf(false)['permissions-policy']).toContain('payment=()');
  expect(headersOf(true)['permissions-policy']).toContain('payment=(self "https://js.stripe.com")');
  expect(policyOf(false)).toBe(local['content-security-policy']);
  expect(policyOf(false)).not.toContain('stripe');
  const policy = policyOf(true);
  expect(policy).toContain("script-src 'self' https://js.stripe.com https://*.js.stripe.com;");
  expect(policy).toContain("connect-src 'self' https://api.stripe.com;");
  expect(policy).toContain(' https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;');
  expect(policy).not.toContain('unsafe-');
});

test('strict transport security where the address is https, and only there', () => {
  expect(local).not.toHaveProperty('strict-transport-security');
  const https = securityHeaders({ publicUrl: 'https://talkide.example', appDomain: 'talkide.example' });
  expect(https['strict-transport-security']).toContain('max-age=63072000');
  expect(https['content-security-policy']).toContain('frame-src https://*.talkide.example');
});

test('every answer has them: pages, errors and what is not there', async () => {
  const app = await kernel();
  app.get('/page', async () => 'ok');
  app.get('/api/refused', async () => {
    throw new DomainError('forbidden');
  });
  for (const url of ['/page', '/api/refused', '/api/missing', '/%']) {
    const { headers } = await app.inject({ method: 'GET', url });
    for (const [name, value] of Object.entries(local)) expect(headers[name], `${name} of ${url}`).toBe(value);
    if (url.startsWith('/api/')) expect(headers['cache-control']).toBe('no-store');
  }
});
