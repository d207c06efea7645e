import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from '../config.ts';
import { readLogin } from './login.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tk-login-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const settings = (text: string) => writeFileSync(join(folder, 'settings.json'), text);
const credentials = () => {
  const file = join(folder, '.credentials.json');
  writeFileSync(file, '{}');
  return file;
};

test('credentials are shown writable, alone and in a folder that is no one’s', async () => {
  const from = credentials();
  const to = '/tmp/claude/.credentials.json';
  expect(await readLogin(folder)).toEqual({ env: {}, binds: [{ from, to, mode: 'rw', trusted: true }] });
});

test('of the settings, only what leads to the model is taken', async () => {
  credentials();
  const env = {
    ANTHROPIC_BASE_URL: 'http://model',
    https_proxy: 'http://proxy',
    GITHUB_TOKEN: 'of no business',
    PATH: '/evil',
    CLAUDE_CODE_SHELL: '/evil',
    NODE_OPTIONS: '--require=/evil',
  };
  settings(JSON.stringify({ env, hooks: { Stop: [] }, apiKeyHelper: '/evil' }));
  const login = await readLogin(folder);
  expect(login.env).toEqual({ ANTHROPIC_BASE_URL: 'http://model', https_proxy: 'http://proxy' });
  expect(login.binds).toHaveLength(1);
});

test.each(['CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY'])(
  'with %s no file of credentials is shown',
  async (name) => {
    credentials();
    settings(JSON.stringify({ env: { [name]: 'token' } }));
    expect(await readLogin(folder)).toEqual({ env: { [name]: 'token' }, binds: [] });
  },
);

test('no login, and settings that are none, are refused with the mend', async () => {
  await expect(readLogin(folder)).rejects.toBeInstanceOf(ConfigError);
  await expect(readLogin(folder)).rejects.toThrow(`there is none in ${folder}. Run claude`);
  settings('{');
  await expect(readLogin(folder)).rejects.toThrow('settings.json cannot be read');
});
