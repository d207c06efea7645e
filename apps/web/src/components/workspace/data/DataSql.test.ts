import { flushPromises } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { h, ref } from 'vue';
import { useDataQuery } from '@/composables/workspace/data/useDataQuery';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import SqlResult from './SqlResult.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const result = {
  ...{ columns: [{ name: 'word', type: 'text' }], rows: [['one'], [null]], truncated: false },
  ...{ command: 'SELECT', affected: null, milliseconds: 3 },
};

/** A statement, run on a platform that answers as told. */
async function runOn(answer: { status?: number; body: unknown }, sql: string) {
  const sent: unknown[] = [];
  fakePlatform({
    'POST /api/projects/42/data/query': (body) => {
      sent.push(body);
      return answer;
    },
  });
  let query: ReturnType<typeof useDataQuery> | undefined;
  const screen = {
    setup: () => {
      query = useDataQuery('42', ref('PREVIEW' as const));
      return () => h('div', query?.result.value ? h(SqlResult, { result: query.result.value, saving: false }) : []);
    },
  };
  const { wrapper } = await mountScreen(screen);
  if (!query) throw new Error('not mounted');
  query.sql.value = sql;
  await query.run.perform();
  await flushPromises();
  return { wrapper, query, sent };
}

describe('a statement of SQL', () => {
  it('only reads unless that is switched on, and shows what it read', async () => {
    const { wrapper, sent } = await runOn({ body: result }, 'select word from words');
    expect(sent).toEqual([{ kind: 'PREVIEW', sql: 'select word from words', mayChange: false }]);
    expect(wrapper.find('[role=status]').text()).toBe('2 rows · 3 ms');
    expect(wrapper.findAll('tbody td').map((cell) => cell.text())).toEqual(['one', 'empty']);
    expect(wrapper.find('button[aria-label="Download as CSV"]').exists()).toBe(true);
  });

  it('says how many rows it changed, with nothing to save', async () => {
    const changed = { ...result, columns: [], rows: [], command: 'UPDATE', affected: 7 };
    const { wrapper } = await runOn({ body: changed }, 'update words set word = null');
    expect(wrapper.find('[role=status]').text()).toBe('UPDATE: 7 rows · 3 ms');
    expect(wrapper.find('button').exists()).toBe(false);
  });

  it('is pointed at where it is wrong', async () => {
    const problem = { code: 'data_refused', detail: 'The database says: no', facts: { position: 15 } };
    const { query } = await runOn(
      { status: 422, body: { ...problem, type: 'x', title: 'x', status: 422, requestId: 'r' } },
      '  select * from guset',
    );
    expect(query.run.error.value?.message).toContain('The database says');
    expect(query.place.value).toBe(16);
  });
});
