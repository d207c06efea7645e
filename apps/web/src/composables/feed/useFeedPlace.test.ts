import { afterEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useFeedPlace } from './useFeedPlace';

/** The part of the browser's locks that is used, with nothing held to begin with. */
function fakeLocks() {
  const held = new Set<string>();
  return {
    held,
    request: async (name: string, _options: object, work: (lock: object | null) => Promise<void> | undefined) => {
      if (held.has(name)) return work(null);
      held.add(name);
      await work({ name });
      held.delete(name);
    },
  };
}

let visibility: DocumentVisibilityState = 'visible';
const scopes: ReturnType<typeof effectScope>[] = [];

function openTab() {
  const scope = effectScope();
  scopes.push(scope);
  const follows = scope.run(useFeedPlace);
  if (!follows) throw new Error('no scope');
  return { follows, close: () => scope.stop() };
}
function turn(now: DocumentVisibilityState) {
  visibility = now;
  document.dispatchEvent(new Event('visibilitychange'));
}

afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function browser() {
  const locks = fakeLocks();
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  vi.stubGlobal('navigator', { locks });
  return locks;
}

it('lets three feeds go on that nobody looks at, and all that somebody does', async () => {
  const locks = browser();
  const tabs = Array.from({ length: 5 }, openTab);
  expect(tabs.every(({ follows }) => follows.value)).toBe(true);
  turn('hidden');
  await vi.waitFor(() => expect(tabs.filter(({ follows }) => follows.value)).toHaveLength(3), 15_000);
  expect(locks.held.size).toBe(3);
  turn('visible');
  await vi.waitFor(() => expect(tabs.every(({ follows }) => follows.value)).toBe(true), 15_000);
  await vi.waitFor(() => expect(locks.held.size).toBe(0), 15_000);
});

it('gives the place of a tab that is closed on', async () => {
  const locks = browser();
  turn('hidden');
  const tabs = Array.from({ length: 3 }, openTab);
  await vi.waitFor(() => expect(locks.held.size).toBe(3), 15_000);
  tabs[0]?.close();
  await vi.waitFor(() => expect(locks.held.size).toBe(2), 15_000);
});

it('follows always where the browser has no locks', () => {
  browser();
  vi.stubGlobal('navigator', {});
  const { follows } = openTab();
  turn('hidden');
  expect(follows.value).toBe(true);
});
