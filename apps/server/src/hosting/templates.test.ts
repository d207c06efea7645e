import { expect, test } from 'vitest';
import type { ArtefactStore } from './artefacts.ts';
import type { CompileOptions } from './compile.ts';
import type { HostedStack } from './ports.ts';
import { createTemplateArtefacts } from './templates.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const stack = { id: 'stack', dependenciesKey: 'key', commands: { build: ['true'] } } as unknown as HostedStack;

test('a template that could not be built is built by its projects', async () => {
  const folder = await temporaryFolder();
  const artefacts = { has: async () => false } as unknown as ArtefactStore;
  const templates = createTemplateArtefacts({ buildsDir: folder } as unknown as CompileOptions, folder, artefacts);
  const checkout = () => Promise.reject(new Error('ENOSPC: no space left on device'));
  await expect(templates.prepare([{ stack, treeSha: 'a'.repeat(40), checkout }])).rejects.toThrow('ENOSPC');
  expect(await templates.find('a'.repeat(40))).toBeNull();
  expect(await templates.find('b'.repeat(40))).toBeNull();
  await templates.close();
});
