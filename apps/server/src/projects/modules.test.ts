import { expect, test } from 'vitest';
import { createModules } from './modules.ts';

test.each([
  ['inside', '/opt/deps/k/node_modules', '/opt/packages/p1'],
  ['host', '/srv/deps/k/node_modules', '/home/environments/e1/packages/p1'],
] as const)('packages where sandboxes find them: %s', (paths, shared, own) => {
  const modules = createModules({ paths }, '/srv/deps');
  expect(modules.shared({ dependenciesKey: 'k' })).toBe(shared);
  expect(modules.own({ id: 'p1' }, { packages: '/home/environments/e1/packages/p1' })).toBe(own);
});
