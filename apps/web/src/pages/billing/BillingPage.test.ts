import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import BillingPage from './BillingPage.vue';

const leaveTo = vi.hoisted(() => vi.fn());
vi.mock('@/lib/leave-to', () => ({ leaveTo }));
const stripe = vi.hoisted(() => ({ load: vi.fn(), confirm: vi.fn() }));
vi.mock('@stripe/stripe-js/pure', () => ({ loadStripe: stripe.load }));

const opened: { unmount(): void }[] = [];
afterEach(() => {
  for (const screen of opened.splice(0)) screen.unmount();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
  document.body.innerHTML = '';
});

const credit = {
  creditUsd: '12.3400000000',
  heldUsd: '0.5000000000',
  month: { startsAt: '2026-11-01T00:00:00Z', spentUsd: '3.2', limitUsd: '20.00' },
  turnCapUsd: null,
  alerts: [{ kind: 'MONTH', threshold: 80, createdAt: '2026-11-24T00:00:00Z' }],
  payments: { provider: 'test', publishableKey: null },
};
const topUp = {
  id: '7',
  amountUsd: '25.00',
  refundedUsd: '0.00',
  disputed: false,
  status: 'PENDING',
  failureCode: null as string | null,
  receiptUrl: null as string | null,
  createdAt: '2026-11-24T12:00:00Z',
  completedAt: null,
};
const payment = { clientSecret: 'pi_1_secret_x', cardPageUrl: '/test-payments/pay/pi_1?secret=x' };
const pageOf = (...items: object[]) => ({ body: { items, nextCursor: null } });

async function open(path = '/billing/credit', answers: Parameters<typeof fakePlatform>[0] = {}) {
  const sent: unknown[] = [];
  const { asked } = fakePlatform({
    'GET /api/credit': () => ({ body: credit }),
    'GET /api/credit/topups': () => pageOf(topUp),
    'GET /api/credit/entries': () =>
      pageOf({ id: '1', kind: 'STARTING', amountUsd: '5', topUpId: null, turnId: null, createdAt: topUp.createdAt }),
    'POST /api/credit/topups': (body) => {
      sent.push(body);
      return { status: 201, body: { ...topUp, payment } };
    },
    'GET /api/credit/topups/7': () => ({ body: { ...topUp, payment } }),
    ...answers,
  });
  const screen = await mountScreen(BillingPage, path);
  opened.push(screen.wrapper);
  await flushPromises();
  return { ...screen, asked, sent, text: () => screen.wrapper.text().replaceAll('\u00a0', ' ') };
}

describe('credit', () => {
  it('shows what is left, what is set aside, the month and its alerts', async () => {
    const { wrapper, text } = await open();
    expect(wrapper.get('[data-balance]').text()).toBe('$12.34');
    for (const words of ['$0.50 of it is set aside', 'Spent this month: $3.20 of $20.00', 'reached 80 %', 'Test mode'])
      expect(text()).toContain(words);
    expect(wrapper.get('meter').attributes('value')).toBe('0.16');
    expect(text()).toContain('Starting credit');
    expect(text()).toContain('+$5.00');
  });

  it('shows also what moved it by less than a cent', async () => {
    const entry = { id: '2', kind: 'WAIVER', amountUsd: '0.0012202500', topUpId: null, turnId: '9' };
    const { text } = await open('/billing', {
      'GET /api/credit/entries': () => pageOf({ ...entry, createdAt: topUp.createdAt }),
    });
    expect(text()).toContain('+$0.00122');
  });

  it('says what it means when there is none', async () => {
    const empty = { ...credit, creditUsd: '-2', alerts: [] };
    const { wrapper, text } = await open('/billing', { 'GET /api/credit': () => ({ body: empty }) });
    expect(wrapper.get('[data-balance]').text()).toBe('-$2.00');
    expect(text()).toContain('no credit left');
  });

  it('can be asked for again when it does not come', async () => {
    let fails = true;
    const refused = { status: 400, body: { code: 'bad_request', detail: 'Not now.' } };
    const { wrapper, text } = await open('/billing', { 'GET /api/credit': () => (fails ? refused : { body: credit }) });
    expect(text()).toContain('Credit · Not now.');
    fails = false;
    await wrapper.get('[role=alert] button').trigger('click');
    await vi.waitFor(() => expect(wrapper.find('[data-balance]').exists()).toBe(true), 15_000);
  });
});

describe('a top-up', () => {
  it('by a chip goes to the card page in this tab', async () => {
    const { wrapper, sent } = await open();
    await wrapper.get('[role=radio][value="50"]').trigger('click');
    expect(wrapper.get('button[type=submit]').text()).toBe('Pay $50.00');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(leaveTo).toHaveBeenCalledWith(payment.cardPageUrl), 15_000);
    expect(sent).toEqual([{ amountUsd: '50' }]);
  });

  it.each(['4.99', '501', 'much', ''])('of %j is not begun', async (amount) => {
    const { wrapper, sent, text } = await open();
    await wrapper.get('input[inputmode=decimal]').setValue(amount);
    await wrapper.get('form').trigger('submit');
    expect(text()).toContain('Type an amount from $5 to $500');
    expect(sent).toEqual([]);
  });

  it('takes a comma and a currency', async () => {
    const { wrapper, sent } = await open();
    await wrapper.get('input[inputmode=decimal]').setValue('$ 12,50');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(sent).toEqual([{ amountUsd: '12.50' }]), 15_000);
  });

  it('that cannot begin says why', async () => {
    const away = {
      status: 503,
      body: { code: 'payments_unavailable', detail: 'The payment provider does not answer.' },
    };
    const { wrapper, text } = await open('/billing', { 'POST /api/credit/topups': () => away });
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(text()).toContain('Top up · The payment provider does not answer.'), 15_000);
    expect(leaveTo).not.toHaveBeenCalled();
  });

  it('waits for the webhook by itself, then renews the credit', async () => {
    let status = 'PENDING';
    const { text, asked } = await open('/billing/credit?topup=7', {
      'GET /api/credit/topups': () => pageOf({ ...topUp, status }),
    });
    expect(text()).toContain('Waiting for the payment of $25.00');
    const before = asked.filter((call) => call === 'GET /api/credit').length;
    status = 'SUCCEEDED';
    await vi.waitFor(() => expect(text()).toContain('$25.00 arrived'), 15_000);
    await vi.waitFor(() => expect(asked.filter((call) => call === 'GET /api/credit').length).toBe(before + 1), 15_000);
  });

  it('that was declined says why, and is tried again', async () => {
    const failed = { ...topUp, status: 'FAILED', failureCode: 'insufficient_funds' };
    const { wrapper, text } = await open('/billing/credit?topup=7', { 'GET /api/credit/topups': () => pageOf(failed) });
    expect(wrapper.get('[role=alert]').text()).toContain('The payment of $25.00 did not go through');
    expect(text()).toContain('There is not enough money on the card.');
    await wrapper.get('[role=alert] button').trigger('click');
    await vi.waitFor(() => expect(leaveTo).toHaveBeenCalledOnce(), 15_000);
  });

  it('that the person left is not waited for, and nothing secret stays in the address', async () => {
    const left = await open('/billing/credit?topup=7&left=1');
    expect(left.text()).not.toContain('Waiting for the payment');
    expect(left.router.currentRoute.value.fullPath).toBe('/billing/credit');
    const back = await open('/billing/credit?topup=7&payment_intent_client_secret=s&redirect_status=succeeded');
    expect(back.router.currentRoute.value.fullPath).toBe('/billing/credit?topup=7');
  });

  it('is listed with its receipt and what came of it', async () => {
    const paid = {
      ...topUp,
      status: 'SUCCEEDED',
      receiptUrl: 'http://localhost/r',
      refundedUsd: '5.00',
      disputed: true,
    };
    const off = { ...topUp, id: '8', status: 'FAILED', failureCode: 'canceled' };
    const { wrapper, text } = await open('/billing', { 'GET /api/credit/topups': () => pageOf(paid, off) });
    for (const words of ['Paid', '$5.00 refunded', 'Disputed', 'The payment was called off.'])
      expect(text()).toContain(words);
    expect(wrapper.get('a[target=_blank]').attributes()).toMatchObject({
      href: 'http://localhost/r',
      rel: 'noreferrer',
      'aria-label': 'Receipt of $25.00',
    });
    expect(wrapper.findAll('li button')).toHaveLength(0);
  });
});

describe('a payment with Stripe', () => {
  const withStripe = {
    'GET /api/credit': () => ({ body: { ...credit, payments: { provider: 'stripe', publishableKey: 'pk_test_1' } } }),
    'POST /api/credit/topups': () => ({
      status: 201,
      body: { ...topUp, payment: { clientSecret: 'pi_1_secret_x', cardPageUrl: null } },
    }),
  };
  function fakeStripe() {
    const element = { on: (_: string, ready: () => void) => ready(), mount: vi.fn(), destroy: vi.fn() };
    const elements = vi.fn(() => ({ create: () => element, getElement: () => element }));
    stripe.load.mockResolvedValue({ elements, confirmPayment: stripe.confirm });
    return { elements, element };
  }
  async function begin() {
    const screen = await open('/billing/credit', withStripe);
    expect(stripe.load).not.toHaveBeenCalled();
    await screen.wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(stripe.load).toHaveBeenCalledWith('pk_test_1'), 15_000);
    await flushPromises();
    return screen;
  }

  it('loads its form only then, confirms, and waits for the webhook', async () => {
    const { elements, element } = fakeStripe();
    const { wrapper, router } = await begin();
    expect(elements).toHaveBeenCalledWith(expect.objectContaining({ clientSecret: 'pi_1_secret_x', locale: 'en' }));
    expect(element.mount).toHaveBeenCalledWith(expect.any(HTMLElement));
    stripe.confirm.mockResolvedValue({ paymentIntent: {} });
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/billing/credit?topup=7'), 15_000);
    expect(stripe.confirm.mock.calls[0]?.[0].confirmParams.return_url).toMatch(/\/billing\/credit\?topup=7$/);
    expect(element.destroy).toHaveBeenCalled();
  });

  it('says what Stripe says when it is refused', async () => {
    fakeStripe();
    const { wrapper, text } = await begin();
    stripe.confirm.mockResolvedValue({ error: { message: 'Your card has expired.' } });
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(text()).toContain('Top up · Your card has expired.'), 15_000);
  });

  it('says so when its form cannot be loaded', async () => {
    stripe.load.mockRejectedValue(new Error('blocked'));
    const { text } = await begin();
    await vi.waitFor(() => expect(text()).toContain('Stripe’s payment form cannot be reached.'), 15_000);
  });
});

describe('limits', () => {
  async function openLimits() {
    const sent: unknown[] = [];
    const screen = await open('/billing/limits', {
      'PUT /api/credit/limits': (body) => {
        sent.push(body);
        return { body: { ...credit, month: { ...credit.month, limitUsd: null }, turnCapUsd: '1.50' } };
      },
    });
    const [month, turn] = screen.wrapper.findAll('input');
    if (!month || !turn) throw new Error('no fields');
    return { ...screen, sent, month, turn };
  }

  it('are set and taken away', async () => {
    const { wrapper, month, turn, sent } = await openLimits();
    expect((month.element as HTMLInputElement).value).toBe('20.00');
    await month.setValue('');
    await turn.setValue('1,50');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(sent).toEqual([{ monthlyLimitUsd: null, turnCapUsd: '1.50' }]), 15_000);
    await vi.waitFor(() => expect((turn.element as HTMLInputElement).value).toBe('1.50'), 15_000);
    expect(wrapper.get('button[type=submit]').attributes()).toHaveProperty('disabled');
  });

  it.each(['0', '-1', 'x', '1.005'])('of %j are not sent', async (text) => {
    const { wrapper, month, sent } = await openLimits();
    await month.setValue(text);
    await wrapper.get('form').trigger('submit');
    expect(wrapper.text()).toContain('Type an amount above zero');
    expect(sent).toEqual([]);
  });
});
