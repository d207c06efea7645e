import { flushPromises } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { h } from 'vue';
import type { Workspace } from '@/composables/workspace/create-workspace';
import { provideWorkspace } from '@/composables/workspace/workspace';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import DataFiles from './DataFiles.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
});

const file = (name: string) => ({ name, bytes: 2_048, type: 'image/png', createdAt: '2026-11-28T10:00:00.000Z' });

async function open(names: string[]) {
  const asked: string[] = [];
  const left = new Set(names);
  fakePlatform({
    'GET /api/projects/42/uploads': (_body, query) => {
      const prefix = query.get('prefix') ?? '';
      asked.push(`${query.get('kind')} ${prefix}`);
      const items = [...left].filter((name) => name.startsWith(prefix)).map(file);
      return { body: { items, nextCursor: null, usedBytes: 900, quotaBytes: 1_000 } };
    },
    'POST /api/projects/42/uploads/link': (body) => ({
      body: { url: `http://a.localhost/${(body as { name: string }).name}` },
    }),
    'POST /api/projects/42/uploads/delete': (body) => {
      left.delete((body as { name: string }).name);
      return { status: 204 };
    },
  });
  const screen = {
    setup() {
      provideWorkspace({ projectId: '42' } as Workspace);
      return () => h(DataFiles, { kind: 'PREVIEW' });
    },
  };
  const { wrapper } = await mountScreen(screen);
  await vi.waitFor(() => expect(wrapper.text()).not.toContain('Loading'), 15_000);
  const names_ = () => wrapper.findAll('li').map((one) => one.find('span span').text());
  return { wrapper, asked, names: names_ };
}
const press = async (name: string) => {
  const button = [...document.querySelectorAll('button')].findLast(
    (one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name,
  );
  button?.click();
  await flushPromises();
};

it('says what will be here while there is nothing', async () => {
  const { wrapper } = await open([]);
  expect(wrapper.text()).toContain('No files yet');
});

it('shows files and the room they take, and finds them by how they begin', async () => {
  const { wrapper, asked, names } = await open(['logo.png', 'photos/1.png', 'photos/2.png']);
  expect(names()).toEqual(['logo.png', 'photos/1.png', 'photos/2.png']);
  expect(wrapper.find('meter').text()).toMatch(/900.*of.*used/);
  await wrapper.find('input').setValue('photos/');
  await vi.waitFor(() => expect(names()).toEqual(['photos/1.png', 'photos/2.png']), 15_000);
  await wrapper.find('input').setValue('x');
  await vi.waitFor(() => expect(wrapper.text()).toContain('No file’s name begins like that.'), 15_000);
  expect(asked).toEqual(['PREVIEW ', 'PREVIEW photos/', 'PREVIEW x']);
});

it('downloads by a link, and deletes when that is confirmed', async () => {
  const { names } = await open(['logo.png', 'other.png']);
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => {});
  await press('Download logo.png');
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith('http://a.localhost/logo.png'), 15_000);
  await press('Delete logo.png');
  await press('Cancel');
  expect(names()).toHaveLength(2);
  await press('Delete logo.png');
  await press('Delete file');
  await vi.waitFor(() => expect(names()).toEqual(['other.png']), 15_000);
});
