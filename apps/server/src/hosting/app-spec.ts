import type { AppEnvironment } from './data-plane.ts';
import type { HostedProject, HostedStack } from './ports.ts';

export type ReleaseKind = 'PREVIEW' | 'PUBLISHED';

export interface ReleaseToRun {
  id: string;
  kind: ReleaseKind;
  artefact_digest: string;
}

/** Everything that an application's process is told, as a pure function of what it is. */
export function appEnvironment(input: {
  project: Pick<HostedProject, 'name' | 'accent'>;
  kind: ReleaseKind;
  databaseUrl: string;
  url: string;
}): Record<string, string> {
  const hue = /(\d+)\)$/.exec(input.project.accent)?.[1] ?? '70';
  return {
    NODE_ENV: 'production',
    DATABASE_URL: input.databaseUrl,
    APP_NAME: input.project.name,
    APP_ACCENT_HUE: hue,
    APP_ENV: input.kind === 'PREVIEW' ? 'preview' : 'published',
    APP_URL: input.url,
  };
}

export const dataEnvironment = (kind: ReleaseKind): AppEnvironment => (kind === 'PREVIEW' ? 'preview' : 'prod');

/** Memory and processes of an application; a small Node server uses about 60 MB. */
export const APP_LIMITS = { memoryMb: 512, pids: 128, fileSizeMb: 64, cpus: 1 };

/** Addresses of applications below the platform's own. */
export interface Addresses {
  preview(previewUuid: string): string;
  published(slug: string): string;
  /** The first label when the host (with or without port) is one of an application; null for all other hosts. */
  label(host: string | undefined): string | null;
  /** Host and port below which applications live, e.g. `localhost:9090`. */
  domain: string;
}

export function createAddresses(publicUrl: string): Addresses {
  const { protocol, host, hostname } = new URL(publicUrl);
  const under = (label: string) => `${protocol}//${label}.${host}`;
  return {
    domain: host,
    preview: under,
    published: under,
    label: (given) => {
      const name = given?.toLowerCase().replace(/:\d*$/, '');
      if (!name?.endsWith(`.${hostname}`)) return null;
      const label = name.slice(0, -hostname.length - 1);
      return label.includes('.') ? null : label;
    },
  };
}

export type RunSpec = { project: HostedProject; stack: HostedStack; release: ReleaseToRun };
