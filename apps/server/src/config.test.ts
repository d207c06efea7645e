import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, settings } from './config.ts';

const read = (env: Record<string, string>) => readConfig(env, '/srv');
const sentenceFor = (env: Record<string, string>): string => {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no error';
};

const wrong: Partial<Record<keyof typeof settings, string[]>> = {
  TALKIDE_PORT: ['0', '-1', '65536', '90.5', '0x50', '1e3', 'http', ' 80'],
  TALKIDE_METRICS_PORT: ['-1', '65536', 'x'],
  TALKIDE_PUBLIC_URL: ['localhost', 'ftp://x', 'http://'],
  TALKIDE_SIGN_UP: ['OPEN', 'yes'],
  TALKIDE_TRUST_PROXY: ['1', 'yes'],
  TALKIDE_PUBLIC_ADDRESSES: ['example.org', '1.2.3', '1.2.3.4;5.6.7.8', ','],
  TALKIDE_DNS_SERVERS: ['dns.example', '1.2.3.4:x', '1.2.3.4:70000', '[1.2.3.4', '::1]:53'],
  TALKIDE_TLS_PORT: ['0', 'https', '65536'],
  TALKIDE_TLS_CERT_FILE: ['\0'],
  TALKIDE_TLS_KEY_FILE: ['\0'],
  TALKIDE_ACME_DIRECTORY: ['letsencrypt', 'file:///etc'],
  TALKIDE_ACME_CONTACT: ['me', 'a@b@c'],
  TALKIDE_ACME_EAB_KEY: ['short', 'not base64url, this'],
  TALKIDE_SECRET_KEY: ['short'],
  TALKIDE_SECRET_KEY_PREVIOUS: ['short'],
  TALKIDE_DATABASE_URL: ['mysql://x', 'localhost'],
  TALKIDE_DATAPLANE_URL: ['http://x'],
  TALKIDE_MODEL_BASE_URL: ['api.example', 'file:///etc'],
  TALKIDE_EXECUTOR: ['CLI', 'sidecar', 'worker'],
  TALKIDE_CLAUDE_PROGRAM: ['--version'],
  TALKIDE_MARKUP_PERCENT: ['-1', '20%', '1.234'],
  TALKIDE_STARTING_CREDIT_USD: ['$5', '-5', '1.234'],
  TALKIDE_STRIPE_SECRET_KEY: ['pk_test_12345678', 'secret', 'sk_'],
  TALKIDE_STRIPE_PUBLISHABLE_KEY: ['sk_test_12345678', 'x'],
  TALKIDE_STRIPE_WEBHOOK_SECRET: ['secret', 'whsec_'],
  TALKIDE_STRIPE_BASE_URL: ['api.stripe.com', 'ftp://x'],
  TALKIDE_FAIR_USE_CALLS_PER_DAY: ['-1', 'many', '1.5'],
  TALKIDE_S3_BUCKET: ['a', 'Not_A_Bucket'],
  TALKIDE_S3_REGION: ['EU west'],
  TALKIDE_S3_ENDPOINT: ['localhost', 'ftp://x'],
  TALKIDE_UPLOADS_MB: ['0', '-1', 'much'],
  TALKIDE_UPLOAD_MB: ['0', '1.5'],
  TALKIDE_NPM_REGISTRY: ['registry', 'ftp://x'],
  TALKIDE_PACKAGE_HOSTS: ['a b', 'https://x', 'x:port', '-x'],
  TALKIDE_REDIS_URL: ['redis', 'http://localhost'],
  TALKIDE_APP_FREEZE_SECONDS: ['-1', 'x', '5.5'],
  TALKIDE_APP_IDLE_SECONDS: ['4', 'x', '5.5'],
  TALKIDE_APP_BACKGROUND_SECONDS: ['-1', 'x', '5.5'],
  TALKIDE_MIN_FREE_MB: ['-1', 'x', '1.5'],
  TALKIDE_APP_SPARES: ['-1', '33', '1.5', 'x'],
  TALKIDE_APP_ANSWER_SECONDS: ['0', 'x', '86401'],
  TALKIDE_SMTP_URL: ['http://x', 'mail'],
  TALKIDE_MAIL_FROM: ['x'],
  TALKIDE_LOG_LEVEL: ['verbose', 'INFO'],
};

describe('a wrong value is a sentence with the name, what it takes and the mend', () => {
  for (const [name, values] of Object.entries(wrong)) {
    test.each(values)(`${name}=%s`, (value) => {
      const sentence = sentenceFor({ [name]: value });
      expect(sentence).toContain(`${name} takes ${settings[name as keyof typeof settings].expects}`);
      expect(sentence).toMatch(/Set it right or unset it\.$/);
      expect(sentence).not.toContain('\n');
    });
  }
});

test('every setting that can be wrong is tried above', () => {
  const anything = [
    'TALKIDE_ACME_EAB_KEY_ID',
    'TALKIDE_HOME',
    'TALKIDE_HOST',
    'TALKIDE_MODEL',
    'TALKIDE_MODEL_API_KEY',
    'TALKIDE_CLAUDE_FOLDER',
    'TALKIDE_S3_ACCESS_KEY_ID',
    'TALKIDE_S3_SECRET_ACCESS_KEY',
  ];
  expect([...Object.keys(wrong), ...anything].sort()).toEqual(Object.keys(settings).sort());
});

test('all that is wrong is named at once', () => {
  const sentence = sentenceFor({ TALKIDE_PORT: 'x', TALKIDE_SIGN_UP: 'maybe', TALKIDE_PROT: '1' });
  expect(sentence.split('\n')).toHaveLength(3);
  expect(sentence).toContain('TALKIDE_PROT is not a setting of TalkIDE');
});

test('Stripe is set up by all of its keys or by none', () => {
  const keys = {
    TALKIDE_STRIPE_SECRET_KEY: 'sk_test_12345678',
    TALKIDE_STRIPE_PUBLISHABLE_KEY: 'pk_test_12345678',
    TALKIDE_STRIPE_WEBHOOK_SECRET: 'whsec_12345678',
  };
  expect(read({}).stripe).toBeNull();
  expect(read(keys).stripe).toMatchObject({ secretKey: 'sk_test_12345678', baseUrl: undefined });
  for (const name of Object.keys(keys)) {
    expect(sentenceFor({ ...keys, [name]: '' })).toContain(`Payments by Stripe need ${name} too.`);
  }
  expect(sentenceFor({ TALKIDE_STRIPE_BASE_URL: 'http://x' })).toContain('Set all of TALKIDE_STRIPE_* or none.');
});

test('a bucket is set up with its key or not at all', () => {
  const keys = {
    TALKIDE_S3_BUCKET: 'talkide',
    TALKIDE_S3_ACCESS_KEY_ID: 'AK',
    TALKIDE_S3_SECRET_ACCESS_KEY: 'secret',
  };
  expect(read({}).s3).toBeNull();
  expect(read(keys).s3).toMatchObject({
    bucket: 'talkide',
    accessKeyId: 'AK',
    secretAccessKey: 'secret',
    endpoint: undefined,
  });
  for (const name of Object.keys(keys)) {
    expect(sentenceFor({ ...keys, [name]: '' })).toContain(`Files in a bucket need ${name} too.`);
  }
  expect(sentenceFor({ TALKIDE_S3_ENDPOINT: 'http://x' })).toContain('Set all of them or no TALKIDE_S3_*.');
});

test('a developer’s own login is for a platform of her own, without a key', () => {
  const own = { TALKIDE_EXECUTOR: 'cli', TALKIDE_SIGN_UP: 'closed' };
  expect(read(own)).toMatchObject({
    executor: 'CLI',
    claudeProgram: 'claude',
    claudeFolder: join(homedir(), '.claude'),
  });
  expect(read({ ...own, TALKIDE_SIGN_UP: 'invite' }).executor).toBe('CLI');
  expect(read({}).executor).toBe('NETWORK_WORKER');
  expect(sentenceFor({ TALKIDE_EXECUTOR: 'cli' })).toContain('Set TALKIDE_SIGN_UP=closed');
  const both = sentenceFor({ ...own, TALKIDE_MODEL_API_KEY: 'sk-hunter2' });
  expect(both).toContain('Unset TALKIDE_MODEL_API_KEY.');
  expect(both).not.toContain('hunter2');
});

test('a secret that is wrong is not repeated', () => {
  expect(sentenceFor({ TALKIDE_SECRET_KEY: 'hunter2' })).not.toContain('hunter2');
  expect(sentenceFor({ TALKIDE_DATABASE_URL: 'mysql://u:hunter2@x' })).not.toContain('hunter2');
  expect(sentenceFor({ TALKIDE_PORT: 'abc' })).toContain('“abc”');
});

test('nothing set gives the defaults, and empty is the same as unset', () => {
  const defaults = read({});
  expect(defaults).toMatchObject({
    home: '/srv/.talkide',
    host: '127.0.0.1',
    port: 9090,
    metricsPort: 9091,
    signUpMode: 'open',
  });
  expect(read(Object.fromEntries(Object.keys(settings).map((name) => [name, ''])))).toEqual(defaults);
});

test('variables of others are left alone', () => {
  expect(read({ ANTHROPIC_API_KEY: 'sk-x', PORT: 'x' }).modelApiKey).toBeUndefined();
});

test.each([
  ['data', '/srv/data'],
  ['/var/data', '/var/data'],
  ['~', homedir()],
  ['~/data', `${homedir()}/data`],
  ['~other/data', '/srv/~other/data'],
])('the home %s is %s', (given, home) => {
  expect(read({ TALKIDE_HOME: given }).home.replace(/\/$/, '')).toBe(home);
});

test('addresses lose the slash at their end', () => {
  expect(read({ TALKIDE_PUBLIC_URL: 'https://x.example/' }).publicUrl).toBe('https://x.example');
});

describe('certificates and TLS', () => {
  const files = { TALKIDE_TLS_CERT_FILE: 'tls/cert.pem', TALKIDE_TLS_KEY_FILE: '/etc/key.pem' };
  const acme = { TALKIDE_ACME_DIRECTORY: 'https://ca.example/dir' };

  test('are read together', () => {
    expect(read({})).toMatchObject({ tls: null, acme: null, publicAddresses: [], dnsServers: [] });
    expect(read({ TALKIDE_TLS_PORT: '443', ...files }).tls).toEqual({
      port: 443,
      files: { cert: '/srv/tls/cert.pem', key: '/etc/key.pem' },
    });
    const binding = { TALKIDE_ACME_EAB_KEY_ID: 'kid', TALKIDE_ACME_EAB_KEY: 'x'.repeat(16) };
    expect(read({ TALKIDE_TLS_PORT: '443', ...acme, ...binding })).toMatchObject({
      tls: { port: 443, files: null },
      acme: { directory: 'https://ca.example/dir', binding: { keyId: 'kid', key: 'x'.repeat(16) } },
    });
    expect(
      read({ TALKIDE_PUBLIC_ADDRESSES: '192.0.2.1, 2001:db8::1', TALKIDE_DNS_SERVERS: '::1, [::1]:53,127.0.0.1:5353' }),
    ).toMatchObject({
      publicAddresses: ['192.0.2.1', '2001:db8::1'],
      dnsServers: ['::1', '[::1]:53', '127.0.0.1:5353'],
    });
  });

  test.each([
    [
      { TALKIDE_TLS_PORT: '443', TALKIDE_TLS_CERT_FILE: 'a' },
      'TALKIDE_TLS_CERT_FILE and TALKIDE_TLS_KEY_FILE go together',
    ],
    [files, 'TALKIDE_TLS_CERT_FILE needs TALKIDE_TLS_PORT too'],
    [acme, 'TALKIDE_ACME_DIRECTORY needs TALKIDE_TLS_PORT too'],
    [{ TALKIDE_TLS_PORT: '443' }, 'TALKIDE_TLS_PORT needs certificates'],
    [{ TALKIDE_ACME_CONTACT: 'a@example.com' }, 'TALKIDE_ACME_CONTACT needs TALKIDE_ACME_DIRECTORY too'],
  ])('half of them is a sentence', (env, sentence) => {
    expect(sentenceFor(env)).toContain(sentence);
  });
});
