import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSecrets, loadSecretKey, randomToken } from './secrets.ts';

test('keys are the same for the same purpose and name, and others for others', () => {
  const secrets = createSecrets('a'.repeat(32));
  const key = secrets.derive('database', 'x');
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(createSecrets('a'.repeat(32)).derive('database', 'x')).toBe(key);
  const others = [
    secrets.derive('database', 'y'),
    secrets.derive('databas', 'ex'),
    createSecrets('b').derive('database', 'x'),
  ];
  expect(new Set([key, ...others]).size).toBe(4);
});

test('the secret of a home is made once, also by many at the same moment, and is its owner’s alone', async () => {
  const home = await mkdtemp(join(tmpdir(), 'talkide-secret-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const keys = await Promise.all(Array.from({ length: 5 }, () => loadSecretKey(home)));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect((await stat(join(home, 'secret.key'))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(home, 'secret.key'), 'utf8')).toBe(`${keys[0]}\n`);
});

test.each(['', 'abc\n'])('a secret key that was cut off to “%s” is refused, never replaced', async (content) => {
  const home = await mkdtemp(join(tmpdir(), 'talkide-secret-'));
  onTestFinished(() => rm(home, { recursive: true }));
  await writeFile(join(home, 'secret.key'), content);
  await expect(loadSecretKey(home)).rejects.toThrow('is cut off');
  expect(await readFile(join(home, 'secret.key'), 'utf8')).toBe(content);
});

test('tokens carry their prefix and 256 bits', () => {
  expect(randomToken('tk_')).toMatch(/^tk_[\w-]{43}$/);
  expect(randomToken()).not.toBe(randomToken());
});
