import type { Project, Release } from '@talkide/contracts';
import { livePreview } from '../preview/preview-state';

export type PublishState =
  /** Nothing has built yet. */
  | { kind: 'nothing' }
  | { kind: 'unpublished'; version: number }
  | { kind: 'current'; version: number }
  | { kind: 'changes'; version: number; published: number }
  | { kind: 'publishing'; version: number }
  | { kind: 'failed'; version: number; published: number | null; reason: string };

/** How the public address stands to the preview. Releases are newest first. */
export function publishState(project: Pick<Project, 'publishedVersion'>, releases: readonly Release[]): PublishState {
  const published = project.publishedVersion;
  const last = releases.find((one) => one.kind === 'PUBLISHED');
  if (last?.status === 'STARTING') return { kind: 'publishing', version: last.versionNumber };
  const preview = livePreview(releases)?.versionNumber ?? null;
  // Something newer is in the preview: what failed is past.
  if (last?.status === 'FAILED' && (preview === null || preview <= last.versionNumber)) {
    return { kind: 'failed', version: last.versionNumber, published, reason: last.error ?? '' };
  }
  if (preview === null) return published === null ? { kind: 'nothing' } : { kind: 'current', version: published };
  if (published === null) return { kind: 'unpublished', version: preview };
  return published === preview
    ? { kind: 'current', version: published }
    : { kind: 'changes', version: preview, published };
}
