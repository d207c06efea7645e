import { projectRoutes } from '@talkide/contracts';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../errors.ts';
import { bind } from '../platform/http/bind.ts';
import { etagOf } from '../platform/http/etag.ts';
import type { Context } from './context.ts';
import { pictureType } from './screenshots.ts';
import { announce } from './status.ts';
import { findOwnProject, lockProject } from './store.ts';

/** The picture on a project's card. What it shows comes from the application, so nothing of it may ever run. */
export function bindScreenshotRoutes(app: FastifyInstance, context: Context): void {
  const { db, screenshots } = context;

  bind(app, projectRoutes.readScreenshot, async ({ caller: { tenantId }, params, request, reply }) => {
    const own = await db.tenant(tenantId, (tx) => findOwnProject(tx, tenantId, params.id));
    const screenshot = own && (await screenshots.read(own.id));
    if (!screenshot) throw new DomainError('not_found');
    const etag = etagOf(screenshot.takenAt);
    reply.headers({ etag, 'cache-control': 'private, no-cache', 'content-security-policy': 'sandbox' });
    if (request.headers['if-none-match'] === etag) await reply.code(304).send();
    else await reply.type(screenshot.type).send(screenshot.bytes);
  });

  app.register(async (scope) => {
    // Whatever is sent arrives as bytes, so that whose project it is comes before what they are.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));

    bind(scope, projectRoutes.saveScreenshot, async ({ caller: { tenantId }, params, body, request }) => {
      await db.tenant(tenantId, async (tx) => {
        const own = await lockProject(tx, tenantId, params.id);
        if (!own) throw new DomainError('not_found');
        const type = Buffer.isBuffer(body) ? pictureType(body) : null;
        if (!type || type !== request.headers['content-type']) throw new DomainError('picture_refused');
        await screenshots.write(own.id, body);
        await announce(context, tx, own.id);
      });
    });
  });
}
