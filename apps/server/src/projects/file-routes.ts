import { projectRoutes } from '@talkide/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../errors.ts';
import { bind } from '../platform/http/bind.ts';
import { requireMatch } from '../platform/http/etag.ts';
import type { Context } from './context.ts';
import { listFiles, readFile, writeFile } from './files.ts';

/** Files of a project's versions; saving one makes a version. */
export function bindFileRoutes(app: FastifyInstance, context: Context): void {
  bind(app, projectRoutes.listFiles, ({ caller, params, query }) =>
    listFiles(context, caller, params.id, query.version),
  );

  bind(app, projectRoutes.readFile, async ({ caller, params, query, reply }) => {
    const file = await readFile(context, caller, params.id, query);
    reply.header('etag', file.etag);
    return file;
  });

  bind(app, projectRoutes.writeFile, async ({ caller, params, query, body, request, reply }) => {
    const file = await writeFile(context, caller, params.id, { path: query.path, content: body.content }, (etag) =>
      checkEdit(request, etag),
    );
    reply.header('etag', file.etag);
    return file;
  });
}

/** An edit says what it was made against: `If-Match`, or `If-None-Match: *` for a file that must be new. */
function checkEdit(request: FastifyRequest, etag: string | null): void {
  if (request.headers['if-none-match'] === '*') {
    if (etag !== null) throw new DomainError('edit_conflict');
    return;
  }
  if (etag === null && request.headers['if-match'] !== undefined) throw new DomainError('edit_conflict');
  requireMatch(request, etag ?? '');
}
