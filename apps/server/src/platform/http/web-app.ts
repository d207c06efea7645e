import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../errors.ts';
import { sendProblem } from './problems.ts';

/** The web app was not built. */
class WebAppMissing extends Error {
  readonly mend = 'Start with npm start, which builds it.';

  constructor(folder: string) {
    super(`The web app is not built: there is no index.html in ${folder}.`);
  }
}

/** Serves the built web app; paths that are not files get its index page, so that a reload works anywhere. */
export async function serveWebApp(app: FastifyInstance, folder: string): Promise<void> {
  const index = await readFile(join(folder, 'index.html')).catch(() => {
    throw new WebAppMissing(folder);
  });
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes('/assets/');
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.setNotFoundHandler((request, reply) => {
    const page =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !/^\/(api|git|assets)(\/|$)/.test(request.url) &&
      !/\.\w+$/.test(request.url.split('?')[0] ?? '');
    if (!page) return sendProblem(new DomainError('not_found'), request, reply);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(index);
  });
}
