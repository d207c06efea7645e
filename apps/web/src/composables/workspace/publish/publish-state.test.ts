import type { Release } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { publishState } from './publish-state';

const release = (
  kind: Release['kind'],
  versionNumber: number,
  status: Release['status'],
  error: string | null = null,
): Release => ({
  id: '1',
  projectId: '1',
  kind,
  versionNumber,
  status,
  artefactDigest: '',
  error,
  createdAt: '2026-11-22T10:00:00.000Z',
  activatedAt: null,
});
const preview = (version: number) => release('PREVIEW', version, 'ACTIVE');

describe('publishState', () => {
  it.each([
    [null, [], { kind: 'nothing' }],
    [null, [preview(1)], { kind: 'unpublished', version: 1 }],
    [1, [preview(1), release('PUBLISHED', 1, 'ACTIVE')], { kind: 'current', version: 1 }],
    [1, [preview(2), release('PUBLISHED', 1, 'ACTIVE')], { kind: 'changes', version: 2, published: 1 }],
    [1, [release('PUBLISHED', 2, 'STARTING'), preview(2)], { kind: 'publishing', version: 2 }],
    [
      1,
      [release('PUBLISHED', 2, 'FAILED', 'no'), preview(2)],
      { kind: 'failed', version: 2, published: 1, reason: 'no' },
    ],
    [1, [release('PUBLISHED', 2, 'FAILED', 'no'), preview(3)], { kind: 'changes', version: 3, published: 1 }],
  ])('published %j', (publishedVersion, releases, expected) => {
    expect(publishState({ publishedVersion }, releases)).toEqual(expected);
  });
});
