import type { Build, Project, Release } from '@talkide/contracts';

export type PreviewState =
  | { kind: 'resting'; status: 'PAUSED' | 'ARCHIVED' }
  | { kind: 'live'; release: Release }
  | { kind: 'waiting'; what: 'files' | 'queue' | 'build' | 'start'; version: number; since: string }
  | { kind: 'failed'; version: number; build: Build | null; reason: string };

interface Facts {
  project: Pick<Project, 'status' | 'createdAt'>;
  releases: readonly Release[];
  builds: readonly Build[];
}

/** The release that serves the preview. */
export const livePreview = (releases: readonly Release[]): Release | null =>
  releases.find((one) => one.kind === 'PREVIEW' && one.status === 'ACTIVE') ?? null;

/** What the preview shows. Lists are newest first. */
export function previewState({ project, releases, builds }: Facts): PreviewState {
  if (project.status === 'PAUSED' || project.status === 'ARCHIVED') return { kind: 'resting', status: project.status };
  const live = livePreview(releases);
  if (live) return { kind: 'live', release: live };
  return progress(builds, releases) ?? { kind: 'waiting', what: 'files', version: 1, since: project.createdAt };
}

/** How far the newest build is on its way to the preview; null when there is none, or it has arrived. */
export function progress(
  builds: readonly Build[],
  releases: readonly Release[],
): Extract<PreviewState, { kind: 'waiting' | 'failed' }> | null {
  const build = builds[0];
  if (!build) return null;
  const version = build.versionNumber;
  if (build.status === 'PENDING') return { kind: 'waiting', what: 'queue', version, since: build.createdAt };
  if (build.status === 'RUNNING')
    return { kind: 'waiting', what: 'build', version, since: build.startedAt ?? build.createdAt };
  if (build.status === 'FAILED') return { kind: 'failed', version, build, reason: lastWords(build.outputTail) };
  const release = releases.find((one) => one.kind === 'PREVIEW' && one.versionNumber === version);
  if (release?.status === 'FAILED')
    return { kind: 'failed', version, build: null, reason: lastWords(release.error ?? '') };
  if (release && release.status !== 'STARTING') return null;
  return { kind: 'waiting', what: 'start', version, since: build.finishedAt ?? build.createdAt };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with the escape character
const COLOURS = /\u001b\[[0-9;]*m/g;

/** A log without the colour codes of terminals. */
export const plainLog = (log: string): string => log.replace(COLOURS, '');

const TELLING = /\berror\b|\bfailed\b|could not|cannot|not found|unresolved/i;
/** Says that it failed and nothing else. */
const EMPTY = /^(the )?(build|command|script) failed\b[^:]*$/i;

/** The line of a log that most likely says what is wrong. */
export function lastWords(log: string): string {
  const lines = plainLog(log)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.find((line) => TELLING.test(line) && !EMPTY.test(line)) ?? lines.at(-1) ?? '';
}
