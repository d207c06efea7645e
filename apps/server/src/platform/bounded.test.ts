import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { bounded } from './bounded.ts';

const tooMuch = () => new Error('too much');
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
const closed = (stream: Readable) => new Promise((done) => stream.once('close', done));

test('what fits comes through, what does not ends with its own error', async () => {
  expect(Buffer.concat(await bounded(Readable.from([Buffer.from('abc')]), 3, tooMuch).toArray())).toHaveLength(3);
  await expect(pipeline(bounded(Readable.from([Buffer.from('abcd')]), 3, tooMuch), nowhere())).rejects.toThrow(
    'too much',
  );
});

test('a body that broke off before anybody asked for it is not waited for', async () => {
  const body = new Readable({ read: () => {} });
  body.on('error', () => {}).destroy(new Error('reset'));
  await closed(body);
  await expect(pipeline(bounded(body, 3, tooMuch), nowhere())).rejects.toThrow();
});

test('one that breaks off while nobody listens yet ends nothing else', async () => {
  const body = new Readable({ read: () => {} });
  const bound = bounded(body, 3, tooMuch);
  body.destroy(new Error('reset'));
  await closed(bound);
  await expect(pipeline(bound, nowhere())).rejects.toThrow();
});
