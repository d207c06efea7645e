import type { Build, Release } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { lastWords, previewState, progress } from './preview-state';

const build = (versionNumber: number, status: Build['status'], outputTail = ''): Build => ({
  id: String(versionNumber),
  projectId: '1',
  versionId: '1',
  versionNumber,
  kind: 'BUNDLE',
  status,
  outputTail,
  exitCode: null,
  artefactDigest: null,
  createdAt: '2026-11-22T10:00:00.000Z',
  startedAt: null,
  finishedAt: null,
});
const release = (versionNumber: number, status: Release['status'], error: string | null = null): Release => ({
  id: String(versionNumber),
  projectId: '1',
  kind: 'PREVIEW',
  versionNumber,
  status,
  artefactDigest: '',
  error,
  createdAt: '2026-11-22T10:00:00.000Z',
  activatedAt: null,
});
const project = { status: 'DRAFT', createdAt: '2026-11-22T10:00:00.000Z' } as const;

describe('previewState', () => {
  it.each([
    [[], [], { kind: 'waiting', what: 'files' }],
    [[build(1, 'PENDING')], [], { kind: 'waiting', what: 'queue' }],
    [[build(1, 'RUNNING')], [], { kind: 'waiting', what: 'build' }],
    [[build(1, 'SUCCESS')], [], { kind: 'waiting', what: 'start' }],
    [[build(1, 'SUCCESS')], [release(1, 'STARTING')], { kind: 'waiting', what: 'start' }],
    [[build(1, 'SUCCESS')], [release(1, 'ACTIVE')], { kind: 'live' }],
    [[build(1, 'FAILED', 'a\nerror: b')], [], { kind: 'failed', reason: 'error: b' }],
    [[build(2, 'FAILED'), build(1, 'SUCCESS')], [release(1, 'ACTIVE')], { kind: 'live' }],
  ])('says how far the first version is', (builds, releases, expected) => {
    expect(previewState({ project, builds, releases })).toMatchObject(expected);
  });

  it('rests with the project', () => {
    const facts = { project: { ...project, status: 'PAUSED' as const }, builds: [], releases: [release(1, 'ACTIVE')] };
    expect(previewState(facts)).toEqual({ kind: 'resting', status: 'PAUSED' });
  });
});

describe('progress', () => {
  it('tells of a newer version until it runs, or why it does not', () => {
    const releases = [release(1, 'ACTIVE')];
    expect(progress([build(2, 'RUNNING')], releases)).toMatchObject({ what: 'build', version: 2 });
    expect(progress([build(1, 'SUCCESS')], releases)).toBeNull();
    expect(progress([build(2, 'SUCCESS')], [release(2, 'FAILED', 'It did not answer'), ...releases])).toMatchObject({
      kind: 'failed',
      reason: 'It did not answer',
    });
  });
});

describe('lastWords', () => {
  it('prefers the line with the error and drops colours', () => {
    expect(lastWords('start\n\u001b[31mError: no such table\u001b[39m\nexit 1\n')).toBe('Error: no such table');
    expect(lastWords('The build failed.\n\nsrc/a.vue:1: Could not resolve ./b.ts\n ╭─[')).toBe(
      'src/a.vue:1: Could not resolve ./b.ts',
    );
    expect(lastWords('one\ntwo\n\n')).toBe('two');
    expect(lastWords('')).toBe('');
  });
});
