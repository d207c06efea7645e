import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppSpec } from '../runtime/index.ts';
import { type Addresses, APP_LIMITS, appEnvironment, type ReleaseKind } from './app-spec.ts';
import type { ArtefactStore } from './artefacts.ts';
import type { HostedProject, HostedStack } from './ports.ts';

/** Where what a process needs lies. */
export interface RunPlaces {
  artefacts: ArtefactStore;
  addresses: Addresses;
  /** One folder a process, short: a socket path has at most 107 bytes. */
  socketsDir: string;
  /** `<project>/<artefact>/`: where Node keeps its compiled code from one start to the next. */
  cachesDir: string;
  postgresSocketDir: string | undefined;
}

export interface Run {
  /** Of the process. */
  id: string;
  project: HostedProject;
  stack: HostedStack;
  kind: ReleaseKind;
  artefactDigest: string;
  databaseUrl: string;
  /** What its owner tells it, by name; values are kept out of its log. */
  variables: Readonly<Record<string, string>>;
  logFile: string;
  /** The folder of its way out; absent: it has no network. */
  egressDir?: string;
  /** The folder where its files are kept. */
  uploadsDir: string;
}

const START_TIMEOUT_MS = 15_000;

/** The process of an artefact; its folder for compiled code is made. */
export async function runSpec(places: RunPlaces, run: Run): Promise<AppSpec> {
  const { artefacts, addresses, postgresSocketDir } = places;
  const { id, project, stack, kind, databaseUrl, variables, logFile, egressDir, uploadsDir } = run;
  const cacheDir = join(places.cachesDir, project.id, artefacts.name(run.artefactDigest));
  await mkdir(cacheDir, { recursive: true });
  const url = kind === 'PREVIEW' ? addresses.preview(project.preview_uuid) : addresses.published(project.slug);
  return {
    ...{ id, logFile, cacheDir, uploadsDir },
    artefactDir: artefacts.path(run.artefactDigest),
    argv: stack.commands.run,
    env: { ...variables, ...appEnvironment({ project, kind, databaseUrl, url }) },
    secrets: Object.values(variables),
    limits: APP_LIMITS,
    socketDir: join(places.socketsDir, id),
    ...(postgresSocketDir ? { postgresSocketDir } : {}),
    ...(egressDir ? { egressDir } : {}),
    healthPath: stack.healthPath,
    startTimeoutMs: START_TIMEOUT_MS,
  };
}
