import type { Addresses, Target as Hosted, Hosting } from '../hosting/index.ts';
import { processId } from '../hosting/index.ts';
import type { FrontDoor } from '../platform/http/server.ts';
import { createEdge, type Edge, type Resolve, type Target } from '../runtime/index.ts';

export interface FrontDoorOptions {
  addresses: Addresses;
  hosting: Hosting;
  /** Counts a request of a process, so that it stays awake and a release can drain. */
  begin(processId: string): () => void;
  /** How long an application may take to begin its answer. */
  firstByteMs: number;
  onFailure(host: string, kind: string, error: unknown): void;
}

/** Applications by host: finds the release, wakes its process, passes the request on. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor & { close(): void } {
  const { addresses, hosting } = options;

  const toTarget = (found: Extract<Hosted, { kind: 'release' }>): Target => ({
    begin: () => options.begin(processId(found.release.id)),
    ensure: () => hosting.wake(found),
  });

  const resolve: Resolve = async (host) => {
    const found = await hosting.find(host);
    if (found.kind === 'release') return toTarget(found);
    if (found.kind === 'moved') return { movedTo: addresses.published(found.project.slug) };
    if (found.kind === 'paused') return 'unpublished';
    if (found.kind === 'none') return found.project ? 'unpublished' : null;
    return { begin: () => () => {}, ensure: async () => hosting.wake(await hosting.firstRelease(host)) };
  };

  const edge: Edge = createEdge({ resolve, onFailure: options.onFailure, firstByteMs: options.firstByteMs });
  return {
    owns: (host) => addresses.label(host) !== null,
    handle: (request, response) => void edge.handle(request, response),
    upgrade: (request, socket, head) => void edge.upgrade(request, socket, head),
    close: edge.close,
  };
}
