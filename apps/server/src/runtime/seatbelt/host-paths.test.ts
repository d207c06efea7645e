import { expect, test } from 'vitest';
import { saidOnHost, toHostPaths } from './host-paths.ts';

const shown = [
  { to: '/app', from: '/Users/jana/home/artefacts/a1' },
  { to: '/tmp', from: '/private/tmp/t/1' },
  { to: '/tmp/claude', from: '/private/tmp/t/claude' },
  { to: '/run/postgresql', from: '/Users/jana/home/pg' },
  { to: '/opt/node/bin:/usr/bin:/bin', from: '/Users/jana/node/bin:/usr/bin:/bin' },
];

test.each([
  ['/app', '/Users/jana/home/artefacts/a1'],
  ['/app/server.js', '/Users/jana/home/artefacts/a1/server.js'],
  ['--dir=/app/', '--dir=/Users/jana/home/artefacts/a1/'],
  ["read('/app/x') or '/app'", "read('/Users/jana/home/artefacts/a1/x') or '/Users/jana/home/artefacts/a1'"],
  ['/tmp/claude/x:/tmp/x', '/private/tmp/t/claude/x:/private/tmp/t/1/x'],
  ['/opt/node/bin:/usr/bin:/bin', '/Users/jana/node/bin:/usr/bin:/bin'],
  ['postgresql://u@/d?host=%2Frun%2Fpostgresql', 'postgresql://u@/d?host=%2FUsers%2Fjana%2Fhome%2Fpg'],
  ['host=%2Frun%2Fpostgresql%2Fx&a=1', 'host=%2FUsers%2Fjana%2Fhome%2Fpg%2Fx&a=1'],
])('%s', (text, onHost) => {
  expect(toHostPaths(text, shown)).toBe(onHost);
});

test.each([
  '/apple',
  '/app-data/x',
  '/app.js',
  '/srv/app',
  'https://example.com/app',
  'http://[::1]/app/x',
  '/private/tmp/x',
  'host=%2Fvar%2Frun%2Fpostgresql',
  'host=%2Frun%2Fpostgresql2',
])('%s stays', (text) => {
  expect(toHostPaths(text, shown)).toBe(text);
});

test('what was put in place is not looked at again', () => {
  expect(
    toHostPaths('/a', [
      { to: '/a', from: '/b/x' },
      { to: '/b', from: '/c' },
    ]),
  ).toBe('/b/x');
});

test('a command, its environment and its folder; options of Node are quoted where a path has spaces', () => {
  const spaced = [{ to: '/app', from: '/Users/jana/My apps/a1' }];
  const said = { argv: ['/app/run', '--x'], env: { A: '/app', NODE_OPTIONS: '--require /app/x.cjs' }, cwd: '/app' };
  expect(saidOnHost(said, spaced)).toEqual({
    argv: ['/Users/jana/My apps/a1/run', '--x'],
    env: { A: '/Users/jana/My apps/a1', NODE_OPTIONS: '--require "/Users/jana/My apps/a1"/x.cjs' },
    cwd: '/Users/jana/My apps/a1',
  });
});
