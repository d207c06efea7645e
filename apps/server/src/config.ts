import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import type { S3Options } from './adapters/storage/index.ts';
import { type EdgeConfig, edgeProblems, edgeSettings, readEdge } from './config-edge.ts';
import { Port, PublicPort, type Setting, setting, Url } from './config-shape.ts';
import type { UploadLimits } from './uploads/index.ts';

const MB = 1024 * 1024;

const Hosts = z
  .string()
  .transform((text) => text.split(',').flatMap((one) => one.trim().toLowerCase() || []))
  .pipe(z.array(z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/)));
const Megabytes = z
  .string()
  .regex(/^\d{1,7}$/)
  .transform(Number)
  .pipe(z.number().min(1));
const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const settings = {
  TALKIDE_HOME: setting({
    shape: z.string().min(1),
    fallback: '.talkide',
    expects: 'a folder',
    about: 'Where all data lives.',
  }),
  TALKIDE_MIN_FREE_MB: setting({
    shape: z.coerce.number().int().min(0),
    fallback: '256',
    expects: 'megabytes, 0 for no bound',
    about:
      'While less is free on the disk of the home, no turns, builds or publishes begin; what runs may end. The operator’s page says so.',
  }),
  TALKIDE_HOST: setting({
    shape: z.string().min(1),
    fallback: '127.0.0.1',
    expects: 'an address',
    about: 'Address to listen on; `0.0.0.0` for all.',
  }),
  TALKIDE_PORT: setting({
    shape: PublicPort,
    fallback: '9090',
    expects: 'a port number',
    about: 'Port of the platform and of all applications.',
  }),
  TALKIDE_METRICS_PORT: setting({
    shape: Port,
    fallback: '9091',
    expects: 'a port number, 0 for a free one',
    about: 'Port of `/metrics`, on the loopback address.',
  }),
  TALKIDE_PUBLIC_URL: setting({
    shape: Url.optional(),
    fallback: undefined,
    expects: 'an http(s) URL',
    about:
      'Address under which people reach the platform; applications live below its host. Default: `http://localhost:<port>`.',
  }),
  TALKIDE_SIGN_UP: setting({
    shape: z.enum(['open', 'invite', 'closed']),
    fallback: 'open',
    expects: '`open`, `invite` or `closed`',
    about: 'Who may sign up. The first account may always and becomes the operator.',
  }),
  TALKIDE_TRUST_PROXY: setting({
    shape: Flag,
    fallback: 'false',
    expects: '`true` or `false`',
    about: 'Believe `X-Forwarded-*` of the proxy in front.',
  }),
  ...edgeSettings,
  TALKIDE_SECRET_KEY: setting({
    shape: z.string().min(32).optional(),
    fallback: undefined,
    expects: 'at least 32 characters',
    about: 'Root of all derived keys. Default: `secret.key` in the home, made at the first start.',
    secret: true,
  }),
  TALKIDE_SECRET_KEY_PREVIOUS: setting({
    shape: z.string().min(32).optional(),
    fallback: undefined,
    expects: 'at least 32 characters',
    about: 'The key before a rotation: what it sealed is opened once more at the start, and sealed anew.',
    secret: true,
  }),
  TALKIDE_DATABASE_URL: setting({
    shape: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    fallback: undefined,
    expects: 'a postgres:// URL of an administrator',
    about: 'PostgreSQL 18 of the platform; the database it names exists. Default: the embedded one.',
    secret: true,
  }),
  TALKIDE_DATAPLANE_URL: setting({
    shape: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .optional(),
    fallback: undefined,
    expects: 'a postgres:// URL of an administrator',
    about: 'PostgreSQL 18 of the applications; the database it names exists. Default: the embedded one.',
    secret: true,
  }),
  TALKIDE_MODEL_API_KEY: setting({
    shape: z.string().min(1).optional(),
    fallback: undefined,
    expects: 'a key',
    about: 'Key of the model API. Without it the scripted demo model answers.',
    secret: true,
  }),
  TALKIDE_MODEL_BASE_URL: setting({
    shape: Url,
    fallback: 'https://api.anthropic.com',
    expects: 'an http(s) URL',
    about: 'Anthropic-compatible upstream, used with a key.',
  }),
  TALKIDE_MODEL: setting({
    shape: z.string().min(1),
    fallback: 'claude-sonnet-5-5',
    expects: 'a model id with a price',
    about: 'Model of Mara and her team.',
  }),
  TALKIDE_EXECUTOR: setting({
    shape: z.enum(['network-worker', 'cli']),
    fallback: 'network-worker',
    expects: '`network-worker` or `cli`',
    about:
      'Who makes the model calls of agents: the platform’s gateway, or your own Claude Code with your login (on a TalkIDE for yourself alone).',
  }),
  TALKIDE_CLAUDE_PROGRAM: setting({
    shape: z.string().regex(/^[^-\0][^\0]*$/),
    fallback: 'claude',
    expects: 'a command or a path',
    about: 'Claude Code, for `TALKIDE_EXECUTOR=cli`.',
  }),
  TALKIDE_CLAUDE_FOLDER: setting({
    shape: z.string().min(1),
    fallback: '~/.claude',
    expects: 'a folder',
    about: 'Where Claude Code keeps your login, for `TALKIDE_EXECUTOR=cli`.',
  }),
  TALKIDE_MARKUP_PERCENT: setting({
    shape: z.string().regex(/^\d{1,4}(\.\d{1,2})?$/),
    fallback: '0',
    expects: 'a percentage',
    about: 'Added to the raw cost of model calls.',
  }),
  TALKIDE_STARTING_CREDIT_USD: setting({
    shape: z.string().regex(/^\d{1,6}(\.\d{1,2})?$/),
    fallback: '5',
    expects: 'US dollars',
    about: 'Credit a new account starts with.',
  }),
  TALKIDE_STRIPE_SECRET_KEY: setting({
    shape: z
      .string()
      .regex(/^(sk|rk)_\w{8,}$/)
      .optional(),
    fallback: undefined,
    expects: 'a key that begins with `sk_` or `rk_`',
    about: 'Key of Stripe, for top-ups. Without it payments are in test mode: no real money moves.',
    secret: true,
  }),
  TALKIDE_STRIPE_PUBLISHABLE_KEY: setting({
    shape: z
      .string()
      .regex(/^pk_\w{8,}$/)
      .optional(),
    fallback: undefined,
    expects: 'a key that begins with `pk_`',
    about: 'Key that browsers show to Stripe.',
  }),
  TALKIDE_STRIPE_WEBHOOK_SECRET: setting({
    shape: z
      .string()
      .regex(/^whsec_\S{8,}$/)
      .optional(),
    fallback: undefined,
    expects: 'a secret that begins with `whsec_`',
    about: 'Signing secret of the webhook endpoint `<public URL>/webhooks/stripe`.',
    secret: true,
  }),
  TALKIDE_STRIPE_BASE_URL: setting({
    shape: Url.optional(),
    fallback: undefined,
    expects: 'an http(s) URL',
    about: 'Where Stripe’s API answers, used with a key. Default: Stripe itself.',
  }),
  TALKIDE_FAIR_USE_CALLS_PER_DAY: setting({
    shape: z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
    fallback: '5000',
    expects: 'a number of calls, 0 for no bound',
    about: 'Model calls that a person may make on a day (UTC), whatever they cost.',
  }),
  TALKIDE_S3_BUCKET: setting({
    shape: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional(),
    fallback: undefined,
    expects: 'the name of a bucket',
    about: 'Bucket for files of applications, on S3 or what speaks like it. Default: the folder `objects` in the home.',
  }),
  TALKIDE_S3_ACCESS_KEY_ID: setting({
    shape: z.string().min(1).optional(),
    fallback: undefined,
    expects: 'the id of a key',
    about: 'Key that may read, write, list and delete in the bucket.',
  }),
  TALKIDE_S3_SECRET_ACCESS_KEY: setting({
    shape: z.string().min(1).optional(),
    fallback: undefined,
    expects: 'a secret key',
    about: 'Its secret.',
    secret: true,
  }),
  TALKIDE_S3_REGION: setting({
    shape: z.string().regex(/^[a-z0-9-]+$/),
    fallback: 'us-east-1',
    expects: 'a region',
    about: 'Region of the bucket.',
  }),
  TALKIDE_S3_ENDPOINT: setting({
    shape: Url.optional(),
    fallback: undefined,
    expects: 'an http(s) URL',
    about: 'Server of the bucket when it is not Amazon’s.',
  }),
  TALKIDE_UPLOADS_MB: setting({
    shape: Megabytes,
    fallback: '1024',
    expects: 'megabytes',
    about: 'Room for the files of one application, preview and published together.',
  }),
  TALKIDE_UPLOAD_MB: setting({
    shape: Megabytes,
    fallback: '100',
    expects: 'megabytes',
    about: 'Largest file of an application.',
  }),
  TALKIDE_NPM_REGISTRY: setting({
    shape: Url.optional(),
    fallback: undefined,
    expects: 'an http(s) URL',
    about: 'Registry that packages of applications come from. Default: the one that npm on this machine is set to.',
  }),
  TALKIDE_PACKAGE_HOSTS: setting({
    shape: Hosts,
    fallback: '',
    expects: 'host names with or without a port, separated by commas',
    about: 'Hosts beside the registry’s that the installation of packages may reach; no other can be.',
  }),
  TALKIDE_REDIS_URL: setting({
    shape: z
      .string()
      .regex(/^(rediss?|unix):\/\//)
      .optional(),
    fallback: undefined,
    expects: 'a redis(s):// URL',
    about: 'Redis that counts calls for fair use. Default: PostgreSQL.',
    secret: true,
  }),
  TALKIDE_APP_FREEZE_SECONDS: setting({
    shape: z.coerce.number().int().min(0),
    fallback: '120',
    expects: 'seconds, 0 for never',
    about:
      'An application that nobody uses for this long is frozen: it takes no processor time, keeps its memory, and goes on within milliseconds at the next request.',
  }),
  TALKIDE_APP_IDLE_SECONDS: setting({
    shape: z.coerce.number().int().min(5),
    fallback: '900',
    expects: 'seconds',
    about: 'An application that nobody uses for this long is stopped; the next request starts it.',
  }),
  TALKIDE_APP_BACKGROUND_SECONDS: setting({
    shape: z.coerce.number().int().min(0),
    fallback: '3600',
    expects: 'seconds, 0 for not at all',
    about: 'How long after its last visitor an application may keep itself awake for work of its own (`keepAwake`).',
  }),
  TALKIDE_APP_SPARES: setting({
    shape: z.coerce.number().int().min(0).max(32),
    fallback: '2',
    expects: 'a number of sandboxes, at most 32',
    about:
      'Sandboxes with a waiting Node process that are started ahead, so that an application that was stopped answers sooner; each takes about 45 MB.',
  }),
  TALKIDE_APP_ANSWER_SECONDS: setting({
    shape: z.coerce.number().int().min(1).max(86_400),
    fallback: '60',
    expects: 'seconds, at most a day',
    about: 'How long an application may take to begin its answer; then the visitor gets a page that says so.',
  }),
  TALKIDE_SMTP_URL: setting({
    shape: z
      .string()
      .regex(/^smtps?:\/\//)
      .optional(),
    fallback: undefined,
    expects: 'an smtp(s):// URL',
    about: 'Mail server. Default: the mailbox on the operator’s page.',
    secret: true,
  }),
  TALKIDE_MAIL_FROM: setting({
    shape: z.string().min(3),
    fallback: 'TalkIDE <no-reply@localhost>',
    expects: 'an address',
    about: 'Sender of mail.',
  }),
  TALKIDE_LOG_LEVEL: setting({
    shape: z.enum(['debug', 'info', 'warn', 'error']),
    fallback: 'info',
    expects: '`debug`, `info`, `warn` or `error`',
    about: 'What is written to `log/talkide.log` in the home.',
  }),
} satisfies Record<`TALKIDE_${string}`, Setting>;

/** A configuration that does not fit; the message names each variable, what it takes and the mend. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface StripeConfig {
  secretKey: string;
  publishableKey: string;
  webhookSecret: string;
  baseUrl: string | undefined;
}

export interface Config extends EdgeConfig {
  home: string;
  minFreeMb: number;
  host: string;
  port: number;
  metricsPort: number;
  publicUrl: string | undefined;
  signUpMode: 'open' | 'invite' | 'closed';
  trustProxy: boolean;
  secretKey: string | undefined;
  previousSecretKey: string | undefined;
  databaseUrl: string | undefined;
  dataplaneUrl: string | undefined;
  modelApiKey: string | undefined;
  modelBaseUrl: string;
  model: string;
  /** What makes the agents' model calls: as in `usage_event.executor_type`. */
  executor: 'NETWORK_WORKER' | 'CLI';
  claudeProgram: string;
  claudeFolder: string;
  markupPercent: string;
  startingCreditUsd: string;
  /** Null: payments are in test mode. */
  stripe: StripeConfig | null;
  /** Null: any number. */
  fairUsePerDay: number | null;
  /** Null: files of applications are kept in a folder. */
  s3: S3Options | null;
  uploads: UploadLimits;
  npmRegistry: string | undefined;
  packageHosts: string[];
  redisUrl: string | undefined;
  /** Infinity: never frozen. */
  appFreezeSeconds: number;
  appIdleSeconds: number;
  appBackgroundSeconds: number;
  appSpares: number;
  appAnswerSeconds: number;
  smtpUrl: string | undefined;
  mailFrom: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Reads `TALKIDE_*` from an environment; everything that does not fit is named at once. */
export function readConfig(env: Record<string, string | undefined>, cwd: string): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(settings) as [string, Setting][]) {
    const text = env[name] === '' ? undefined : env[name];
    const parsed = one.shape.safeParse(text ?? one.fallback);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(
        `${name} takes ${one.expects}${one.secret || text === undefined ? '' : `, not “${text}”`}. Set it right or unset it.`,
      );
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('TALKIDE_') && !(name in settings))
      problems.push(`${name} is not a setting of TalkIDE. Check its spelling; docs/configuration.md lists them all.`);
  }
  const together = [missingOfStripe, missingOfS3, againstCli, edgeProblems];
  if (problems.length === 0) problems.push(...together.flatMap((check) => check(values)));
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const read = <T>(name: keyof typeof settings) => values[name] as T;
  return {
    ...readEdge(values, (path) => toFolder(path, cwd)),
    home: toFolder(read<string>('TALKIDE_HOME'), cwd),
    minFreeMb: read('TALKIDE_MIN_FREE_MB'),
    host: read('TALKIDE_HOST'),
    port: read('TALKIDE_PORT'),
    metricsPort: read('TALKIDE_METRICS_PORT'),
    publicUrl: read<string | undefined>('TALKIDE_PUBLIC_URL')?.replace(/\/+$/, ''),
    signUpMode: read('TALKIDE_SIGN_UP'),
    trustProxy: read('TALKIDE_TRUST_PROXY'),
    secretKey: read('TALKIDE_SECRET_KEY'),
    previousSecretKey: read('TALKIDE_SECRET_KEY_PREVIOUS'),
    databaseUrl: read('TALKIDE_DATABASE_URL'),
    dataplaneUrl: read('TALKIDE_DATAPLANE_URL'),
    modelApiKey: read('TALKIDE_MODEL_API_KEY'),
    modelBaseUrl: read<string>('TALKIDE_MODEL_BASE_URL').replace(/\/+$/, ''),
    model: read('TALKIDE_MODEL'),
    executor: read('TALKIDE_EXECUTOR') === 'cli' ? 'CLI' : 'NETWORK_WORKER',
    claudeProgram: read('TALKIDE_CLAUDE_PROGRAM'),
    claudeFolder: toFolder(read<string>('TALKIDE_CLAUDE_FOLDER'), cwd),
    markupPercent: read('TALKIDE_MARKUP_PERCENT'),
    startingCreditUsd: read('TALKIDE_STARTING_CREDIT_USD'),
    stripe: stripeOf(values),
    fairUsePerDay: read<number>('TALKIDE_FAIR_USE_CALLS_PER_DAY') || null,
    s3: s3Of(values),
    uploads: {
      quotaBytes: read<number>('TALKIDE_UPLOADS_MB') * MB,
      fileBytes: read<number>('TALKIDE_UPLOAD_MB') * MB,
      files: 50_000,
    },
    npmRegistry: read('TALKIDE_NPM_REGISTRY'),
    packageHosts: read('TALKIDE_PACKAGE_HOSTS'),
    redisUrl: read('TALKIDE_REDIS_URL'),
    appFreezeSeconds: read<number>('TALKIDE_APP_FREEZE_SECONDS') || Number.POSITIVE_INFINITY,
    appIdleSeconds: read('TALKIDE_APP_IDLE_SECONDS'),
    appBackgroundSeconds: read('TALKIDE_APP_BACKGROUND_SECONDS'),
    appSpares: read('TALKIDE_APP_SPARES'),
    appAnswerSeconds: read('TALKIDE_APP_ANSWER_SECONDS'),
    smtpUrl: read('TALKIDE_SMTP_URL'),
    mailFrom: read('TALKIDE_MAIL_FROM'),
    logLevel: read('TALKIDE_LOG_LEVEL'),
  };
}

const stripeSettings = [
  'TALKIDE_STRIPE_SECRET_KEY',
  'TALKIDE_STRIPE_PUBLISHABLE_KEY',
  'TALKIDE_STRIPE_WEBHOOK_SECRET',
] as const;

/** Stripe is set up by all of its keys or by none. */
function missingOfStripe(values: Record<string, unknown>): string[] {
  const missing = stripeSettings.filter((name) => values[name] === undefined);
  if (missing.length === 0) return [];
  const given = missing.length < stripeSettings.length || values.TALKIDE_STRIPE_BASE_URL !== undefined;
  return given ? [`Payments by Stripe need ${missing.join(' and ')} too. Set all of TALKIDE_STRIPE_* or none.`] : [];
}

const s3Settings = ['TALKIDE_S3_BUCKET', 'TALKIDE_S3_ACCESS_KEY_ID', 'TALKIDE_S3_SECRET_ACCESS_KEY'] as const;

/** A bucket is set up with its key or not at all. */
function missingOfS3(values: Record<string, unknown>): string[] {
  const missing = s3Settings.filter((name) => values[name] === undefined);
  const given = missing.length < s3Settings.length || values.TALKIDE_S3_ENDPOINT !== undefined;
  return given && missing.length > 0
    ? [`Files in a bucket need ${missing.join(' and ')} too. Set all of them or no TALKIDE_S3_*.`]
    : [];
}

function s3Of(values: Record<string, unknown>): S3Options | null {
  const [bucket, accessKeyId, secretAccessKey] = s3Settings.map((name) => values[name] as string | undefined);
  if (!bucket || !accessKeyId || !secretAccessKey) return null;
  const [region, endpoint] = [values.TALKIDE_S3_REGION as string, values.TALKIDE_S3_ENDPOINT as string | undefined];
  return { bucket, accessKeyId, secretAccessKey, region, endpoint };
}

/** A developer's own login works for her alone, and takes the place of a key. */
function againstCli(values: Record<string, unknown>): string[] {
  if (values.TALKIDE_EXECUTOR !== 'cli') return [];
  return [
    ...(values.TALKIDE_SIGN_UP === 'open'
      ? ['TALKIDE_EXECUTOR=cli lends your own login to whoever signs up. Set TALKIDE_SIGN_UP=closed (you can still).']
      : []),
    ...(values.TALKIDE_MODEL_API_KEY === undefined
      ? []
      : ['TALKIDE_EXECUTOR=cli calls the model with your own login, not with a key. Unset TALKIDE_MODEL_API_KEY.']),
  ];
}

function stripeOf(values: Record<string, unknown>): StripeConfig | null {
  const [secretKey, publishableKey, webhookSecret] = stripeSettings.map((name) => values[name] as string);
  if (!secretKey || !publishableKey || !webhookSecret) return null;
  return { secretKey, publishableKey, webhookSecret, baseUrl: values.TALKIDE_STRIPE_BASE_URL as string | undefined };
}

function toFolder(text: string, cwd: string): string {
  const expanded = text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : text;
  return isAbsolute(expanded) ? expanded : resolve(cwd, expanded);
}
