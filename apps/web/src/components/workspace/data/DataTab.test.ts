import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { h } from 'vue';
import { useData } from '@/composables/workspace/data/useData';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import DataTableView from './DataTableView.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const column = (name: string, type: string, more: object = {}) => ({
  ...{ name, type, nullable: true, hasDefault: false, generated: false, key: null, references: null },
  ...more,
});
const guest = {
  ...{ name: 'guest', kind: 'TABLE', rows: 2, bytes: 8192, editable: true },
  columns: [
    column('id', 'bigint', { generated: true, nullable: false, key: 1 }),
    column('name', 'text'),
    column('age', 'integer'),
  ],
};
const rows = [
  { values: ['1', 'Ada', '36'], cut: [], version: '700' },
  { values: ['2', null, null], cut: [], version: '701' },
];

async function open() {
  const asked: URLSearchParams[] = [];
  const sent: unknown[] = [];
  const take = (body: unknown) => {
    sent.push(body);
    return { status: 204, body: undefined };
  };
  fakePlatform({
    'GET /api/projects/42/data/tables': () => ({ body: { items: [guest] } }),
    'GET /api/projects/42/data/rows': (_body, query) => {
      asked.push(query);
      return { body: { items: rows, hasMore: true } };
    },
    'PATCH /api/projects/42/data/rows': take,
    'POST /api/projects/42/data/rows': take,
    'POST /api/projects/42/data/rows/delete': take,
  });
  const screen = {
    setup: () => {
      const data = useData('42');
      return () => h(DataTableView, { data });
    },
  };
  const { wrapper } = await mountScreen(screen, '/');
  await flushPromises();
  await vi.waitFor(() => expect(wrapper.findAll('tbody tr')).toHaveLength(2), 15_000);
  return { wrapper, asked, sent };
}
const dialog = () => document.querySelector('[role=dialog]') as HTMLElement;
const field = (at: number) => dialog().querySelectorAll('textarea')[at] as HTMLTextAreaElement;
async function type(at: number, text: string) {
  field(at).value = text;
  field(at).dispatchEvent(new Event('input'));
  await flushPromises();
}
const press = async (name: string) => {
  const button = [...document.querySelectorAll('[role=dialog] button, [role=alertdialog] button')].findLast(
    (one) => one.textContent?.trim() === name,
  );
  (button as HTMLButtonElement).click();
  await flushPromises();
};

describe('the rows of a table', () => {
  it('are one stop of the Tab key; arrows lead from cell to cell, Enter opens the one', async () => {
    const { wrapper } = await open();
    const stops = () => wrapper.findAll('tbody td[tabindex="0"]').map((cell) => cell.text());
    expect(stops()).toEqual(['1']);
    const cell = wrapper.find('tbody td');
    (cell.element as HTMLElement).focus();
    await cell.trigger('keydown', { key: 'ArrowDown' });
    await flushPromises();
    expect(document.activeElement?.textContent).toBe('2');
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    await flushPromises();
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await flushPromises();
    expect(field(0).value).toBe('2');
    await vi.waitFor(() => expect(document.activeElement).toBe(field(1)), 15_000);
  });

  it('turn their pages by keyboard', async () => {
    const { wrapper, asked } = await open();
    await wrapper.find('tbody td').trigger('keydown', { key: 'PageDown' });
    await vi.waitFor(() => expect(asked.at(-1)?.get('offset')).toBe('50'), 15_000);
    await wrapper.find('tbody td').trigger('keydown', { key: 'PageUp' });
    await vi.waitFor(() => expect(wrapper.text()).toContain('Rows 1 to 2'), 15_000);
  });

  it('are shown, with nothing told from an empty text', async () => {
    const { wrapper } = await open();
    expect(wrapper.findAll('tbody tr').map((row) => row.text())).toEqual(['1Ada36Edit', '2emptyemptyEdit']);
  });

  it('are sorted by a heading, one way and the other', async () => {
    const { wrapper, asked } = await open();
    const heading = () => wrapper.findAll('thead button').find((one) => one.text() === 'age');
    await heading()?.trigger('click');
    await vi.waitFor(() => expect(asked.at(-1)?.get('sort')).toBe('age'), 15_000);
    await heading()?.trigger('click');
    await vi.waitFor(() => expect(asked.at(-1)?.get('direction')).toBe('desc'), 15_000);
  });

  it('are changed by their key and version, only where something was typed', async () => {
    const { wrapper, sent } = await open();
    await wrapper.findAll('tbody td')[2]?.trigger('click');
    expect(field(0).readOnly).toBe(true);
    await type(2, '37');
    await press('Save');
    await vi.waitFor(() => expect(sent).toHaveLength(1), 15_000);
    expect(sent[0]).toEqual({
      kind: 'PREVIEW',
      table: 'guest',
      key: { id: '1' },
      version: '700',
      values: { age: '37' },
    });
  });

  it('are added, with what was left alone left to the database', async () => {
    const { wrapper, sent } = await open();
    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'Add row')
      ?.trigger('click');
    await flushPromises();
    await type(1, 'Ben');
    await press('Save');
    await vi.waitFor(
      () => expect(sent).toEqual([{ kind: 'PREVIEW', table: 'guest', values: { name: 'Ben' } }]),
      15_000,
    );
  });

  it('are deleted after a question', async () => {
    const { wrapper, sent } = await open();
    await wrapper.findAll('tbody tr')[1]?.find('td').trigger('click');
    await press('Delete row');
    expect(sent).toEqual([]);
    await press('Delete row');
    await vi.waitFor(
      () => expect(sent).toEqual([{ kind: 'PREVIEW', table: 'guest', rows: [{ key: { id: '2' }, version: '701' }] }]),
      15_000,
    );
  });
});
