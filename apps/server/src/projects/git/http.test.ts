import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { Git } from './git.ts';
import { uploadPack } from './http.ts';

test.each([true, false])('a request that git does not begin to read ends with its answer (gzip: %s)', async (gzip) => {
  const git = { stream: vi.fn().mockRejectedValue(new Error('no room')) } as unknown as Git;
  const body = new PassThrough();
  const answer = uploadPack(git, '/nowhere', { body, gzip, protocol: {} });
  const [error] = await once(answer, 'error');
  expect(error).toMatchObject({ message: 'no room' });
  // What comes late, wrong or broken ends nothing else.
  body.on('error', () => {}).write('no gzip');
  body.destroy(new Error('reset'));
  await new Promise(setImmediate);
  expect(answer.destroyed).toBe(true);
});
