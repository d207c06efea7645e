import type { FastifyInstance } from 'fastify';
import { env } from '../env.ts';

/** What the application is called and where it runs. */
export default async function about(app: FastifyInstance): Promise<void> {
  app.get('/api/app', async () => ({ name: env.name, stage: env.stage, accentHue: env.accentHue, url: env.url }));
}
