import type { TestPayments } from '@talkide/test-payments';
import type { FastifyInstance } from 'fastify';

const FORM_LIMIT = 16 * 1024;

/** Puts the pages of the test-mode provider on the platform's own origin. */
export function mountCardPages(app: FastifyInstance, provider: Pick<TestPayments, 'page'>): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    scope.route({
      method: ['GET', 'POST'],
      url: '/test-payments/*',
      bodyLimit: FORM_LIMIT,
      handler: async (request, reply) => {
        const { status, headers, body } = provider.page({
          method: request.method,
          url: request.url,
          body: typeof request.body === 'string' ? request.body : '',
          acceptLanguage: request.headers['accept-language'],
        });
        return reply.code(status).headers(headers).send(body);
      },
    });
  });
}
