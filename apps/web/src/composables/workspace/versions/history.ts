import type { ProjectVersion } from '@talkide/contracts';

type Step = Pick<ProjectVersion, 'versionNumber' | 'source' | 'restoredFrom'>;

/** Whether what a version did is still in a later one: going back before it takes it out, going back to it brings it back. */
export function stillHolds(versions: readonly Step[], later: number, version: number): boolean {
  const byNumber = new Map(versions.map((one) => [one.versionNumber, one]));
  let at = later;
  while (at > version) {
    const step = byNumber.get(at);
    const restored = step?.source === 'RESTORE' ? step.restoredFrom : null;
    // Each step leads to a lower number, so that this ends.
    at = restored !== null && restored < at ? restored : at - 1;
  }
  return at === version;
}
