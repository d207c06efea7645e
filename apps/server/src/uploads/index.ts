import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DataKind, uploadRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import type { ObjectStorage } from '../adapters/storage/index.ts';
import { DomainError } from '../errors.ts';
import type { Database, Tx } from '../platform/db/index.ts';
import { bind } from '../platform/http/bind.ts';
import type { Caller } from '../platform/http/caller.ts';
import { createSocketServers } from '../platform/http/socket-servers.ts';
import type { Secrets } from '../platform/secrets.ts';
import { createAppServer, viewOf } from './app-server.ts';
import { createFiles, type UploadLimits } from './files.ts';
import { createLinks } from './links.ts';
import { createLinkServer, isLink } from './serve.ts';
import type { UploadOwner } from './store.ts';

export type { UploadLimits } from './files.ts';
export type { UploadOwner } from './store.ts';

interface UploadProject {
  preview_uuid: string;
  slug: string;
}

export interface UploadsOptions<P extends UploadProject> {
  db: Database;
  storage: ObjectStorage;
  limits: UploadLimits;
  secrets: Secrets;
  projects: { get(tx: Tx, projectId: string): Promise<P | null> };
  addresses: { preview(previewUuid: string): string; published(slug: string): string };
  /** Of sockets, a folder each; short. */
  folder: string;
  onError(error: unknown): void;
}

/** Files that applications keep, each its own, by a socket in its sandbox and by signed links on its address. */
export interface Uploads {
  routes(app: FastifyInstance): void;
  /** The folder with the socket of a process of the application. */
  open(id: string, owner: UploadOwner): Promise<string>;
  close(id: string): Promise<void>;
  /** Forgets all files of a kind, as after a look. */
  clear(owner: UploadOwner): Promise<void>;
  deleting(tx: Tx, project: Omit<UploadOwner, 'kind'>): Promise<() => Promise<void>>;
  /** True for an address of an application that is answered here. */
  owns(url: string | undefined): boolean;
  /** Answers it; `find` says whose address it is. */
  handle(request: IncomingMessage, response: ServerResponse, find: () => Promise<UploadOwner | null>): void;
  /** Sweeps what nothing speaks of, now and once a day. */
  start(): void;
  closeAll(): Promise<void>;
}

const LINK_S = 300;
const DAY_MS = 24 * 3_600_000;

export function createUploads<P extends UploadProject>(options: UploadsOptions<P>): Uploads {
  const { db, storage, limits, projects, addresses, onError } = options;
  const files = createFiles({ db, storage, limits });
  const links = createLinks(options.secrets.derive('upload links', ''));
  const sockets = createSocketServers(options.folder, 'uploads.sock');
  let sweeping: NodeJS.Timeout | undefined;

  const requireProject = async ({ tenantId }: Caller, projectId: string): Promise<P> => {
    const project = await db.tenant(tenantId, (tx) => projects.get(tx, projectId));
    if (!project) throw new DomainError('not_found');
    return project;
  };
  const place = ({ tenantId }: Caller, projectId: string, kind: DataKind): UploadOwner => ({
    tenantId,
    projectId,
    kind,
  });

  return {
    routes(app) {
      bind(app, uploadRoutes.listUploads, async ({ caller, params, query }) => {
        await requireProject(caller, params.id);
        const { kind, prefix, cursor, limit } = query;
        const owner = place(caller, params.id, kind);
        const rows = await files.list(owner, { prefix, after: cursor, limit: limit + 1 });
        const { bytes } = await files.used(owner);
        const items = rows.slice(0, limit).map(viewOf);
        const nextCursor = rows.length > limit ? (items.at(-1)?.name ?? null) : null;
        return { items, nextCursor, usedBytes: bytes, quotaBytes: limits.quotaBytes };
      });
      bind(app, uploadRoutes.linkUpload, async ({ caller, params, body }) => {
        const project = await requireProject(caller, params.id);
        const owner = place(caller, params.id, body.kind);
        if (!(await files.find(owner, body.name))) throw new DomainError('not_found');
        const until = Math.floor(Date.now() / 1000) + LINK_S;
        const path = links.sign(owner, { method: 'GET', name: body.name, until, download: true });
        const published = body.kind === 'PUBLISHED';
        return {
          url: `${published ? addresses.published(project.slug) : addresses.preview(project.preview_uuid)}${path}`,
        };
      });
      bind(app, uploadRoutes.deleteUpload, async ({ caller, params, body }) => {
        await requireProject(caller, params.id);
        if (!(await files.remove(place(caller, params.id, body.kind), body.name))) throw new DomainError('not_found');
      });
    },
    open: (id, owner) => sockets.open(id, () => createAppServer({ files, links, onError }, owner)),
    close: sockets.close,
    clear: files.clear,
    deleting: files.deleting,
    owns: isLink,
    handle: createLinkServer({ files, links, onError }),
    start() {
      const sweep = () => void files.sweep().catch(onError);
      sweep();
      sweeping = setInterval(sweep, DAY_MS);
      sweeping.unref();
    },
    async closeAll() {
      clearInterval(sweeping);
      await sockets.closeAll();
    },
  };
}
