import type { IncomingMessage } from 'node:http';
import type { Addresses, Target as Hosted, Hosting } from '../hosting/index.ts';
import { processId } from '../hosting/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { lastOf } from '../platform/http/https-guard.ts';
import type { FrontDoor } from '../platform/http/server.ts';
import { type Client, createEdge, type Edge, type Resolve, requestHost, type Target } from '../runtime/index.ts';
import type { Uploads } from '../uploads/index.ts';
import type { CustomHosts } from './custom-hosts.ts';

export interface FrontDoorOptions {
  addresses: Addresses;
  hosting: Hosting;
  /** Hosts of people, which lead to what their projects have published. */
  customHosts: CustomHosts;
  /** The proxy in front says who asks, and how. */
  trustProxy: boolean;
  /** Counts a request of a process, so that it stays awake and a release can drain. */
  begin(processId: string): () => void;
  /** Counts for the owner of an application. */
  metrics: Pick<Metrics, 'answered' | 'processes'>;
  /** Links to files of applications, on their addresses. */
  uploads: Pick<Uploads, 'owns' | 'handle'>;
  /** How long an application may take to begin its answer. */
  firstByteMs: number;
  onFailure(host: string, kind: string, error: unknown): void;
}

/** After a release all that waited in the listening socket's queue (511) come at once, and applications start anew. */
const MAX_WAITING = 1_000;

/** Applications by host: finds the release, wakes its process, passes the request on. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor & { close(): void } {
  const { addresses, hosting, customHosts, uploads } = options;

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

  const look = async (host: string): Promise<Hosted> => {
    const custom = customHosts.find(host);
    if (!custom) return hosting.find(host);
    return custom.active ? hosting.published(custom.projectId) : { kind: 'none', project: null };
  };

  const ownerAt = async (host: string) => {
    const found = await look(host);
    if (found.kind !== 'release') return null;
    const { project, release } = found;
    return { tenantId: project.tenant_id, projectId: project.id, kind: release.kind };
  };

  const resolve: Resolve = async (host) => {
    const found = await look(host);
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
    ...(options.trustProxy ? { client: proxiedClient } : {}),
  });
  return {
    owns: (host) => addresses.label(host) !== null || customHosts.find(host) !== null,
    handle: async (request, response) => {
      const answered = await customHosts.answers(request, response).catch(() => false);
      if (answered) return;
      if (uploads.owns(request.url)) uploads.handle(request, response, () => ownerAt(requestHost(request)));
      else await edge.handle(request, response);
    },
    upgrade: (request, socket, head) => void edge.upgrade(request, socket, head),
    close: edge.close,
  };
}

/** Who asks, in the words of the proxy in front; what it does not say is taken from its connection. */
export function proxiedClient(request: IncomingMessage): Client {
  const { socket, headers } = request;
  const proto = lastOf(headers['x-forwarded-proto']) ?? ('encrypted' in socket ? 'https' : 'http');
  return {
    address: lastOf(headers['x-forwarded-for']) ?? socket.remoteAddress ?? '',
    proto: proto === 'https' ? 'https' : 'http',
    host: headers.host ?? '',
  };
}
