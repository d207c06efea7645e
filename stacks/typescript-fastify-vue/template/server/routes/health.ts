import type { FastifyInstance } from 'fastify';

/** Answers once the migrations have run. */
export default async function health(app: FastifyInstance): Promise<void> {
  app.get('/api/health', async () => ({ status: 'ok' }));
}
