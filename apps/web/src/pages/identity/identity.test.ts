import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import ResetPasswordPage from './ResetPasswordPage.vue';
import SignInPage from './SignInPage.vue';
import SignUpPage from './SignUpPage.vue';

const grant = {
  accessToken: 'a',
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
  me: { id: '1', name: 'Ella', email: 'e@x.cz', role: 'USER', locale: 'en' },
};
const open = { signUpMode: 'open', firstAccount: false, demoModel: true };

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

describe('sign-in', () => {
  async function signIn(status: number, body: unknown, path = '/sign-in') {
    const platform = fakePlatform({ 'POST /api/auth/sign-in': () => ({ status, body }) });
    const screen = await mountScreen(SignInPage, path);
    await screen.wrapper.get('input[type=email]').setValue(' e@x.cz ');
    await screen.wrapper.get('input[type=password]').setValue('secret words here');
    await screen.wrapper.get('form').trigger('submit');
    await flushPromises();
    return { ...screen, ...platform };
  }

  it('says at the fields what is missing, and sends nothing', async () => {
    const { asked } = fakePlatform({});
    const { wrapper } = await mountScreen(SignInPage, '/sign-in');
    await wrapper.get('form').trigger('submit');
    expect(wrapper.get('input[type=email]').attributes('aria-invalid')).toBe('true');
    expect(wrapper.text()).toContain('This does not look like an email address.');
    expect(wrapper.text()).toContain('Type your password.');
    expect(asked).toEqual([]);
  });
  it('shows the sentence of the platform in a banner', async () => {
    const { wrapper } = await signIn(401, { code: 'credentials_wrong', detail: 'Email and password do not match.' });
    expect(wrapper.get('[role=alert]').text()).toContain('Sign-in · Email and password do not match.');
  });
  it('goes where the person was heading', async () => {
    const { router } = await signIn(200, grant, '/sign-in?next=/account/tokens');
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/account/tokens'), 15_000);
  });
});

describe('sign-up', () => {
  it('puts a common password at its field', async () => {
    fakePlatform({
      'GET /api/auth/options': () => ({ body: open }),
      'POST /api/auth/sign-up': () => ({ status: 422, body: { code: 'password_common', detail: 'Too common.' } }),
    });
    const { wrapper } = await mountScreen(SignUpPage, '/sign-up');
    await flushPromises();
    await wrapper.get('input[name=name]').setValue('Ella');
    await wrapper.get('input[name=email]').setValue('e@x.cz');
    await wrapper.get('input[type=password]').setValue('password123');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(wrapper.find('[role=alert]').exists()).toBe(false);
    expect(wrapper.get('input[type=password]').attributes('aria-invalid')).toBe('true');
    expect(wrapper.text()).toContain('Too common.');
  });
  it('tells the first person that they become the operator', async () => {
    fakePlatform({ 'GET /api/auth/options': () => ({ body: { ...open, signUpMode: 'closed', firstAccount: true } }) });
    const { wrapper } = await mountScreen(SignUpPage, '/sign-up');
    await flushPromises();
    expect(wrapper.text()).toContain('you will be the operator');
  });
  it('shows no form where it needs an invitation, unless the link has one', async () => {
    fakePlatform({ 'GET /api/auth/options': () => ({ body: { ...open, signUpMode: 'invite' } }) });
    const without = await mountScreen(SignUpPage, '/sign-up');
    await flushPromises();
    expect(without.wrapper.find('form').exists()).toBe(false);
    const invited = await mountScreen(SignUpPage, '/sign-up#invite=abc');
    await flushPromises();
    expect(invited.wrapper.text()).toContain('You have been invited.');
  });
});

describe('password reset', () => {
  it('answers alike for any address', async () => {
    fakePlatform({ 'POST /api/auth/password-reset': () => ({ status: 202 }) });
    const { wrapper } = await mountScreen(ResetPasswordPage, '/reset-password');
    await wrapper.get('input').setValue('nobody@x.cz');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(wrapper.text()).toContain('If there is an account for nobody@x.cz, a link is on its way.');
  });
  it('sets a new password with the token of the link', async () => {
    let sent: unknown;
    fakePlatform({
      'POST /api/auth/password-reset/confirm': (body) => {
        sent = body;
        return { status: 204 };
      },
    });
    const { wrapper } = await mountScreen(ResetPasswordPage, '/reset-password#token=abc');
    await wrapper.get('input').setValue('three unrelated words');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(sent).toEqual({ token: 'abc', password: 'three unrelated words' });
    expect(wrapper.text()).toContain('Your password is new');
  });
});
