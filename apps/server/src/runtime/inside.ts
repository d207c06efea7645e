import type { Bind, Runtime } from './runtime.ts';

/** Where things stand inside every sandbox, whatever runs it. */
export const inside = {
  node: '/opt/node/bin/node',
  path: '/opt/node/bin:/usr/bin:/bin',
  app: '/app',
  appSocketDir: '/run/app',
  appSocket: '/run/app/http.sock',
  appCache: '/var/cache/app',
  postgres: '/run/postgresql',
  egressDir: '/run/egress',
  uploadsDir: '/run/uploads',
  uploadsSocket: '/run/uploads/uploads.sock',
  platform: '/opt/talkide',
  workspace: '/workspace',
  workerHome: '/home/mara',
  controlDir: '/run/talkide',
  deps: '/opt/deps',
  packages: '/opt/packages',
  npm: '/opt/npm',
  claude: '/opt/claude',
  /** In memory, new with every worker. */
  claudeFolder: '/tmp/claude',
} as const;

/** Where programs in the sandboxes of a runtime find what a bind shows. */
export const shownAt = ({ paths }: Pick<Runtime, 'paths'>, { from, to }: Pick<Bind, 'from' | 'to'>): string =>
  paths === 'host' ? from : to;
