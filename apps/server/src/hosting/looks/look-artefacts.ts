/** Which artefacts looks have built, so that the version that a turn ends with need not be built again. */
export interface LookArtefacts {
  /** The artefact of a git tree, if it is remembered; it may have been collected meanwhile. */
  find(projectId: string, treeSha: string): string | null;
  remember(projectId: string, treeSha: string, digest: string): void;
}

const REMEMBERED = 200;

/** Kept in memory: after a restart a tree is built once more. */
export function createLookArtefacts(): LookArtefacts {
  const digests = new Map<string, string>();
  const keyOf = (projectId: string, treeSha: string) => `${projectId} ${treeSha}`;
  return {
    find: (projectId, treeSha) => digests.get(keyOf(projectId, treeSha)) ?? null,
    remember(projectId, treeSha, digest) {
      digests.set(keyOf(projectId, treeSha), digest);
      const [oldest] = digests.keys();
      if (digests.size > REMEMBERED && oldest !== undefined) digests.delete(oldest);
    },
  };
}
