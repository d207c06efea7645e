import fastify, { type FastifyInstance } from 'fastify';
import { answerErrors } from './errors.ts';
import * as routes from './routes/index.ts';
import { serveWeb } from './web.ts';

interface AppOptions {
  /** Settles when the database is up to date. */
  ready?: Promise<void>;
  /** The folder of the built web pages. */
  webRoot?: string;
}

/** The whole application: the API below /api, the web pages everywhere else. */
export function buildApp({ ready = Promise.resolve(), webRoot }: AppOptions = {}): FastifyInstance {
  const app = fastify({ trustProxy: true, bodyLimit: 1024 * 1024 });
  answerErrors(app);
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/api/')) await ready;
  });
  for (const route of Object.values(routes)) app.register(route);
  serveWeb(app, webRoot);
  return app;
}
