import { afterEach, expect, it, vi } from 'vitest';
import { h, ref } from 'vue';
import type { Workspace } from '@/composables/workspace/create-workspace';
import { provideWorkspace } from '@/composables/workspace/workspace';
import * as files from '@/lib/save-file';
import { fakePlatform } from '@/testing/fake-platform';
import { mountScreen } from '@/testing/mount-screen';
import AppLog from './AppLog.vue';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

const LINES = ['GET /guests', 'an older mishap', 'GET /'];

async function open(lines = LINES) {
  const written = [...lines];
  fakePlatform({
    'GET /api/projects/42/app-log': (_body, query) => {
      const search = query.get('search');
      const found = search === null ? written.slice(-2) : written.filter((line) => line.includes(search));
      return { body: { log: found.join('\n'), hasOlder: search === null && written.length > 2 } };
    },
    'GET /api/projects/42/app-log.txt': () => ({ body: written.join('\n') }),
  });
  const screen = {
    setup() {
      provideWorkspace({ projectId: '42', project: ref({ slug: 'guest-book', url: null }) } as unknown as Workspace);
      return () => h(AppLog);
    },
  };
  const { wrapper } = await mountScreen(screen);
  const shows = (text: string) => vi.waitFor(() => expect(wrapper.get('pre').text()).toBe(text), 15_000);
  return { wrapper, written, shows };
}

it('shows the last lines, says that there are older ones, and follows what is written', async () => {
  const { wrapper, written, shows } = await open();
  await shows('an older mishap\nGET /');
  expect(wrapper.text()).toContain('Older lines are not shown here');
  written.push('GET /new');
  await shows('GET /\nGET /new');
});

it('is searched through all of it', async () => {
  const { wrapper, shows } = await open();
  await shows('an older mishap\nGET /');
  await wrapper.get('input[type=search]').setValue('guests');
  await shows('GET /guests');
  await wrapper.get('input[type=search]').setValue('nobody');
  await shows('No line holds that.');
});

it('is saved as a file, whole', async () => {
  const saved = vi.spyOn(files, 'saveFile').mockImplementation(() => {});
  const { wrapper, shows } = await open();
  await shows('an older mishap\nGET /');
  await wrapper.get('button[aria-label="Save the whole log"]').trigger('click');
  await vi.waitFor(() => expect(saved).toHaveBeenCalledWith(expect.any(Blob), 'guest-book-preview.log'), 15_000);
});

it('says that nothing was written', async () => {
  const { shows } = await open([]);
  await shows('The app has written nothing yet.');
});
