import type { Addresses, Target as Hosted, Hosting } from '../hosting/index.ts';
import { processId } from '../hosting/index.ts';
import type { Metrics } from '../metrics/index.ts';
import type { FrontDoor } from '../platform/http/server.ts';
import { createEdge, type Edge, type Resolve, type Target } from '../runtime/index.ts';

export interface FrontDoorOptions {
  addresses: Addresses;
  hosting: Hosting;
  /** Counts a request of a process, so that it stays awake and a release can drain. */
  begin(processId: string): () => void;
  /** Counts for the owner of an application. */
  metrics: Pick<Metrics, 'answered' | 'processes'>;
  /** How long an application may take to begin its answer. */
  firstByteMs: number;
  onFailure(host: string, kind: string, error: unknown): void;
}

/** After a release all that waited in the listening socket's queue (511) come at once, and applications start anew. */
const MAX_WAITING = 1_000;

/** Applications by host: finds the release, wakes its process, passes the request on. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor & { close(): void } {
  const { addresses, hosting } = options;

  /** One for every answer of `find`, which is kept until something changes. */
  const targets = new WeakMap<Extract<Hosted, { kind: 'release' }>, Target>();
  const toTarget = (found: Extract<Hosted, { kind: 'release' }>): Target => {
    const known = targets.get(found);
    if (known) return known;
    const { project, release } = found;
    const [id, app] = [
      processId(release.id),
      { tenantId: project.tenant_id, projectId: project.id, kind: release.kind },
    ];
    const target: Target = {
      begin: () => {
        options.metrics.processes.know(id, app);
        return options.begin(id);
      },
      ensure: () => hosting.wake(found),
      answered: (answer) => options.metrics.answered(app, answer),
    };
    targets.set(found, target);
    return target;
  };

  const resolve: Resolve = async (host) => {
    const found = await hosting.find(host);
    if (found.kind === 'release') return toTarget(found);
    if (found.kind === 'moved') return { movedTo: addresses.published(found.project.slug) };
    if (found.kind === 'paused') return 'unpublished';
    if (found.kind === 'none') return found.project ? 'unpublished' : null;
    let first: Target | undefined;
    return {
      begin: () => () => {},
      ensure: async () => {
        first = toTarget(await hosting.firstRelease(host));
        return first.ensure();
      },
      answered: (answer) => first?.answered?.(answer),
    };
  };

  const edge: Edge = createEdge({
    ...{ resolve, onFailure: options.onFailure, firstByteMs: options.firstByteMs },
    maxWaitingPerHost: MAX_WAITING,
  });
  return {
    owns: (host) => addresses.label(host) !== null,
    handle: (request, response) => void edge.handle(request, response),
    upgrade: (request, socket, head) => void edge.upgrade(request, socket, head),
    close: edge.close,
  };
}
