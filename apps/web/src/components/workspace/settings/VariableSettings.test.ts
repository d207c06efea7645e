import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import VariableSettings from './VariableSettings.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const variable = (name: string, kind: string) => ({ name, kind, updatedBy: 'Ada', updatedAt: '2026-11-27T08:00:00Z' });

async function open(items: unknown[], answer: object = { items: [], effects: {} }) {
  const sent: unknown[] = [];
  fakePlatform({
    'GET /api/projects/42/variables': () => ({ body: { items } }),
    'PUT /api/projects/42/variables': (body) => {
      sent.push(body);
      return { body: answer };
    },
  });
  const { wrapper } = await mountScreen(VariableSettings, '/', { project: { id: '42' } });
  await flushPromises();
  return { wrapper, sent };
}

describe('the variables of a project', () => {
  it('are listed by name with the releases they are for, without a value', async () => {
    const { wrapper } = await open([
      variable('KEY', 'PREVIEW'),
      variable('KEY', 'PUBLISHED'),
      variable('URL', 'PREVIEW'),
    ]);
    const rows = wrapper.findAll('li').map((row) => row.text());
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/KEY.*Preview.*Published.*Ada/);
    expect(rows[1]).not.toContain('Published');
  });

  it('are set for both releases, and the form is empty again', async () => {
    const answer = { items: [variable('KEY', 'PREVIEW')], effects: { PREVIEW: 'RESTARTING' } };
    const { wrapper, sent } = await open([], answer);
    expect(wrapper.get('button[type=submit]').attributes()).toHaveProperty('disabled');
    await wrapper.get('input').setValue('KEY');
    await wrapper.get('textarea').setValue('a value');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(wrapper.findAll('li')).toHaveLength(1), 15_000);
    expect(sent).toEqual([{ kinds: ['PREVIEW', 'PUBLISHED'], variables: [{ name: 'KEY', value: 'a value' }] }]);
    expect(wrapper.get('textarea').element.value).toBe('');
  });

  it('are taken from the text of a .env file', async () => {
    const { wrapper, sent } = await open([]);
    await wrapper.findAll('button').at(-1)?.trigger('click');
    await wrapper.get('textarea').setValue('A=1\nB=2');
    await wrapper.get('select').setValue('PREVIEW');
    await wrapper.get('form').trigger('submit');
    await vi.waitFor(() => expect(sent).toEqual([{ kinds: ['PREVIEW'], variables: [], dotenv: 'A=1\nB=2' }]), 15_000);
  });

  it('a new value for one takes its name into the form', async () => {
    const { wrapper } = await open([variable('KEY', 'PREVIEW')]);
    await wrapper.get('li button').trigger('click');
    expect(wrapper.get('input').element.value).toBe('KEY');
  });
});
