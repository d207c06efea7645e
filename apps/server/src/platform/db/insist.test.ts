import { expect, test, vi } from 'vitest';
import { DomainError } from '../../errors.ts';
import { insist } from './insist.ts';

const away = () => Promise.reject(new DomainError('database_away'));
const going = new AbortController().signal;

test('what the database was away for is done when it is back', async () => {
  const { promise: back, resolve } = Promise.withResolvers<void>();
  const work = vi.fn<() => Promise<string>>(async () => 'done').mockImplementationOnce(away);
  const done = insist({ answering: () => back }, work, going);
  await vi.waitFor(() => expect(work).toHaveBeenCalledOnce());
  resolve();
  expect(await done).toBe('done');
});

test('what fails for another reason fails', async () => {
  const work = vi.fn(() => Promise.reject(new Error('a rule of the database')));
  await expect(insist({ answering: async () => {} }, work, going)).rejects.toThrow('a rule');
  expect(work).toHaveBeenCalledOnce();
});

test('a platform that stops does not wait for it', async () => {
  const stopping = new AbortController();
  const done = insist({ answering: () => new Promise<void>(() => {}) }, away, stopping.signal);
  stopping.abort();
  await expect(done).rejects.toMatchObject({ code: 'database_away' });
});
