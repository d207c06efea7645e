import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { profileOf, sandboxParams, sandboxProfile, unquoted } from './profile.ts';

let dir: string;
beforeAll(() => {
  dir = realpathSync(mkdtempSync('/var/tmp/sbp-'));
  for (const name of ['app [1]', 'socket', 'pg', 'temp', 'tree/.vscode', 'tree/kept', 'node', 'empty', 'cache']) {
    mkdirSync(join(dir, name), { recursive: true });
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const none = { binds: [], socketDirs: [], port: null };
const profile = (more: Partial<Parameters<typeof sandboxProfile>[0]>) =>
  sandboxProfile({ ...none, node: join(dir, 'node'), tempDir: join(dir, 'temp'), ...more }, join(dir, 'empty'));
/** The filters of every rule that begins so, each rule's apart, in order. */
const rules = (text: string, beginning: string) =>
  text
    .split(/\n(?=\()/)
    .filter((rule) => rule.startsWith(beginning))
    .map((rule) =>
      [...rule.matchAll(/\((?:subpath|literal|regex) ("(?:[^"\\]|\\.)*")\)/g)].map(([, path = '""']) =>
        JSON.parse(path),
      ),
    );
const network = (text: string) =>
  text.slice(text.indexOf('; Network'), text.indexOf('; File read')).split('\n').slice(1).filter(Boolean);

test('reads are denied but for the system, Node and what is shown; writes but for what is shown writable', () => {
  const binds = [
    { from: join(dir, 'app [1]'), mode: 'ro' },
    { from: join(dir, 'cache'), mode: 'rw' },
  ] as const;
  const text = profile({ binds });
  expect(text).toMatch(/^\(version 1\)\n\(deny default /);
  const [all, shown, root] = rules(text, '(allow file-read*');
  expect(all).toEqual([]);
  expect(rules(text, '(deny file-read*')).toEqual([['/', '/System/Volumes/Data'], ['/System/Volumes/Data']]);
  expect(shown).toEqual(
    expect.arrayContaining([join(dir, 'app [1]'), join(dir, 'cache'), join(dir, 'node'), join(dir, 'temp')]),
  );
  expect(shown?.filter((path) => path.startsWith(dir))).toHaveLength(4);
  for (const path of [
    '/',
    '/Users',
    '/private',
    '/private/etc',
    '/private/tmp',
    '/private/var',
    '/Library',
    '/Volumes',
    dir,
  ])
    expect(shown).not.toContain(path);
  expect(root).toEqual(['/']);
  expect(rules(text, '(allow file-write*')).toEqual([[join(dir, 'cache'), join(dir, 'temp')]]);
  // Allowed after it was denied: Seatbelt takes the last rule that fits.
  expect(text.indexOf('(deny file-read*')).toBeLessThan(text.indexOf(JSON.stringify(join(dir, 'cache'))));
});

test('what is shown read-only within a writable folder stays so', () => {
  const binds = [
    { from: join(dir, 'tree'), mode: 'rw' },
    { from: join(dir, 'tree', 'kept'), mode: 'ro' },
  ] as const;
  const text = profile({ binds });
  expect(rules(text, '(deny file-write*').flat()).toContain(join(dir, 'tree', 'kept'));
  expect(text.lastIndexOf('(deny file-write*')).toBeGreaterThan(text.lastIndexOf('(allow file-write*'));
});

test('what the library keeps from a developer’s project is kept from nobody here', () => {
  const text = profile({ binds: [{ from: join(dir, 'tree'), mode: 'rw' }] });
  const denied = rules(text, '(deny file-write')
    .flat()
    .filter((path: string) => path.includes(join(dir, 'tree')));
  expect(denied).toEqual([]);
  expect(rules(text, '(deny file-write').flat()).toContain(join(dir, 'empty', '.vscode'));
  expect(text).not.toContain(JSON.stringify(process.cwd()));
});

test('no network but the sockets of its folders', () => {
  const socket = join(dir, 'socket');
  const text = profile({ socketDirs: [socket, join(dir, 'pg')] });
  expect(network(text)).toEqual([
    '(allow system-socket (socket-domain AF_UNIX))',
    ...[socket, join(dir, 'pg'), join(dir, 'temp')].flatMap((path) => [
      `(allow network-bind (local unix-socket (subpath ${JSON.stringify(path)})))`,
      `(allow network-outbound (remote unix-socket (subpath ${JSON.stringify(path)})))`,
    ]),
  ]);
});

test('one port of the loopback for a way out', () => {
  expect(network(profile({ port: 4567 })).filter((rule) => rule.includes(' ip '))).toEqual([
    '(allow network-bind (local ip "localhost:4567"))',
    '(allow network-inbound (local ip "localhost:4567"))',
    '(allow network-outbound (remote ip "localhost:4567"))',
  ]);
});

test('the network of the host where a worker is given it', () => {
  expect(network(profile({ network: 'host' }))).toEqual(['(allow network*)']);
});

test('nothing of Apple events, other services or weaker isolation is asked for', () => {
  const params = sandboxParams({ ...none, node: '/n', tempDir: '/t' });
  expect(params).not.toHaveProperty('allowAppleEvents');
  expect(params).not.toHaveProperty('allowMachLookup');
  expect(params).not.toHaveProperty('allowLocalBinding');
  expect(params).not.toHaveProperty('enableWeakerNetworkIsolation');
});

test('words as the library quotes them', () => {
  expect(unquoted(`env A=1 '' 'a b' 'it'"'"'s'`)).toEqual(['env', 'A=1', '', 'a b', "it's"]);
});

test('a command line of another form is refused', () => {
  for (const line of ['true', 'sandbox-exec -f x', "/usr/bin/sandbox-exec -p '(allow default)' true"])
    expect(() => profileOf(line)).toThrow('another form');
});
