import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Delivery } from './provider/objects.ts';
import type { Store } from './provider/store.ts';
import { createWebhooks } from './webhooks.ts';

test('a delivery that could not be written down is made again', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  let delivery = { id: 'evt_1', attempts: 0, nextAt: 0, created: Date.now() / 1000 } as Delivery;
  const commit = vi.fn(([changed]: Delivery[]) => {
    if (commit.mock.calls.length === 1) throw new Error('ENOSPC');
    if (changed) delivery = changed;
  });
  const store = { all: () => [delivery], get: () => null, commit } as unknown as Store;
  const target = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, secret: 's' };
  const webhooks = createWebhooks({ store, target, bodyOf: () => '{}', waitMs: () => 1 });
  webhooks.poke();
  await vi.waitFor(() => expect(delivery).toMatchObject({ attempts: 1, nextAt: null }));
  await webhooks.close();
  expect([asked, commit.mock.calls.length]).toEqual([2, 2]);
});
