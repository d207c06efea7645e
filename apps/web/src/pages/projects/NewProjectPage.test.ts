import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import NewProjectPage from './NewProjectPage.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

async function open(path = '/projects/new') {
  const created: unknown[] = [];
  fakePlatform({
    'GET /api/auth/options': () => ({ body: { signUpMode: 'open', firstAccount: false, demoModel: false } }),
    'GET /api/stacks': () => ({ body: { items: [{ id: 'ts', name: 'TypeScript' }] } }),
    'GET /api/slugs': () => ({ body: { slug: 'guest-book', available: true, reason: null, suggestion: 'guest-book' } }),
    'POST /api/projects': (body) => {
      created.push(body);
      return { status: 201, body: { id: '42', name: 'Guest book' } };
    },
  });
  const screen = await mountScreen(NewProjectPage, path);
  await flushPromises();
  return { ...screen, created, prompt: screen.wrapper.get('textarea') };
}

describe('new project', () => {
  it('is created by Enter, named after the prompt, and opens', async () => {
    const { prompt, created, router } = await open();
    await prompt.setValue('I need a guest book for our wedding');
    await prompt.trigger('keydown', { key: 'Enter' });
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/projects/42'), 15_000);
    expect(created).toMatchObject([{ name: 'Guest book', prompt: 'I need a guest book for our wedding' }]);
  });
  it('makes a new line by Shift+Enter', async () => {
    const { prompt, created } = await open();
    await prompt.setValue('One');
    await prompt.trigger('keydown', { key: 'Enter', shiftKey: true });
    await flushPromises();
    expect(created).toEqual([]);
  });
  it('asks for words when there are none', async () => {
    const { wrapper, created } = await open();
    await wrapper.get('form').trigger('submit');
    expect(wrapper.get('[role=alert]').text()).toBe('Say what to build, or give it a name.');
    expect(created).toEqual([]);
  });
  it('checks an address while it is typed', async () => {
    const { wrapper } = await open();
    const field = wrapper.findAll('input').find((input) => input.attributes('maxlength') === '63');
    await field?.setValue('guest-book');
    await vi.waitFor(() => expect(wrapper.text()).toContain('guest-book.localhost:3000 is free.'), 15_000);
  });
  it('starts from an idea of the Studio', async () => {
    const { wrapper, created } = await open('/projects/new?idea=todoBoard');
    await wrapper.get('form').trigger('submit');
    await flushPromises();
    expect(created).toMatchObject([{ name: 'Todo board', accent: 'oklch(0.78 0.15 255)' }]);
  });
});
