import Stripe from 'stripe';
import { afterAll, describe, expect, it } from 'vitest';
import { startTestPayments } from '../index.ts';

const provider = await startTestPayments({
  ...{ folder: null, secretKey: 'sk_test_x', publicUrl: 'http://localhost:9090', webhook: null },
});
afterAll(provider.close);
const { hostname, port } = new URL(provider.url);
const stripe = new Stripe('sk_test_x', { host: hostname, port, protocol: 'http', telemetry: false });

async function visit(lang = 'en', back = '/billing/credit?topup=7') {
  const intent = await stripe.paymentIntents.create({ amount: 2550, currency: 'usd' });
  const query = new URLSearchParams({ secret: intent.client_secret ?? '', return: back, lang, theme: 'dark' });
  const url = `/test-payments/pay/${intent.id}?${query}`;
  const ask = (method: string, path: string, fields: Record<string, string> = {}) =>
    provider.page({ method, url: path, body: new URLSearchParams(fields).toString(), acceptLanguage: undefined });
  const pay = (number: string, rest = { expiry: '12/34', cvc: '123' }) => ask('POST', url, { number, ...rest });
  const answer = (given: string) => ask('POST', url.replace('?', '/authentication?'), { answer: given });
  const status = async () => (await stripe.paymentIntents.retrieve(intent.id)).status;
  return { url, ask, pay, answer, status, intent };
}

describe('the card page', () => {
  it('says that no real money moves and lists its cards, in both languages', async () => {
    const { ask, url } = await visit();
    const english = ask('GET', url);
    expect(english.status).toBe(200);
    expect(english.body).toContain('no real money moves');
    expect(english.body).toContain('$25.50');
    expect(english.body).toContain('href="/billing/credit?topup=7&amp;left=1"');
    for (const number of ['4242 4242 4242 4242', '4000 0000 0000 0002', '4000 0000 0000 9995', '4000 0025 0000 3155'])
      expect(english.body).toContain(number);
    expect(english.body).not.toMatch(/<script|style="|onclick/);
    const czech = await visit('cs');
    expect(czech.ask('GET', czech.url).body).toContain('neplatí se skutečnými penězi');
  });

  it('takes a card and goes back', async () => {
    const { pay, status } = await visit();
    expect(pay('4242 4242 4242 4242')).toMatchObject({ status: 303, headers: { location: '/billing/credit?topup=7' } });
    expect(await status()).toBe('succeeded');
  });

  it('says why a card was declined and takes another', async () => {
    const { pay, ask, url, status } = await visit();
    const { headers } = pay('4000000000009995');
    expect(headers.location).toBe(url);
    expect(ask('GET', url).body).toContain('not enough money');
    pay('4242424242424242');
    expect(await status()).toBe('succeeded');
  });

  it('asks for an authentication, which may be refused', async () => {
    const { pay, ask, url, answer, status } = await visit();
    pay('4000002500003155');
    expect(ask('GET', url).body).toContain('Your bank asks');
    answer('refuse');
    expect(await status()).toBe('requires_payment_method');
    expect(ask('GET', url).body).toContain('not confirmed with the bank');
    pay('4000002500003155');
    expect(answer('agree').headers.location).toBe('/billing/credit?topup=7');
    expect(await status()).toBe('succeeded');
  });

  it('charges once, however often the form is sent', async () => {
    const { pay, status, ask, url } = await visit();
    pay('4242424242424242');
    expect(pay('4000000000000002').status).toBe(303);
    expect(await status()).toBe('succeeded');
    expect(ask('GET', url).body).toContain('arrived');
  });

  it('does not repeat a number that may be real', async () => {
    const { pay } = await visit();
    const refused = pay('5555 5555 5555 4444', { expiry: '13/20', cvc: 'x' });
    expect(refused.status).toBe(422);
    expect(refused.body).not.toContain('5555');
    expect(refused.body.match(/aria-invalid/g)).toHaveLength(3);
  });

  it('is nobody’s without the secret', async () => {
    const { ask, url } = await visit();
    expect(ask('GET', url.replace(/secret=[^&]+/, 'secret=x')).status).toBe(404);
    expect(ask('GET', '/test-payments/pay/pi_none?secret=').status).toBe(404);
    expect(ask('GET', '/test-payments/').status).toBe(404);
  });

  it.each(['//evil.example', 'https://evil.example/', '/\\evil.example', '/\t/evil.example'])(
    'does not lead to %j',
    async (back) => {
      const { pay } = await visit('en', back);
      expect(pay('4242424242424242').headers.location).toBe('/');
    },
  );

  it('escapes what an address brings along', async () => {
    const { ask, url } = await visit('en', '/x"><script>alert(1)</script>');
    expect(ask('GET', url).body).not.toContain('<script>');
  });
});

describe('the receipt', () => {
  it('shows what was paid and given back', async () => {
    const { pay, intent, ask } = await visit();
    pay('4242424242424242');
    const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    const charge = paid.latest_charge as Stripe.Charge;
    provider.act.refund(charge.id, { amount: 550 });
    const { status, body } = ask('GET', new URL(charge.receipt_url ?? '').pathname);
    expect(status).toBe(200);
    for (const text of ['$25.50', '$5.50', '4242', intent.id]) expect(body).toContain(text);
    expect(ask('GET', '/test-payments/receipts/ch_none').status).toBe(404);
  });
});
