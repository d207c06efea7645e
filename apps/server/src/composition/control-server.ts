import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { DomainError } from '../errors.ts';
import { sendProblem } from '../platform/http/problems.ts';

export interface ControlServer {
  app: FastifyInstance;
  socketPath: string;
  listen(): Promise<void>;
}

/** The server on the control socket: the only thing of the platform that a worker can reach. */
export function createControlServer(socketsDir: string, logger: FastifyBaseLogger): ControlServer {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.decorateRequest('caller', null);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) => sendProblem(new DomainError('not_found'), request, reply));
  const folder = join(socketsDir, 'control');
  const socketPath = join(folder, 'control.sock');
  return {
    app,
    socketPath,
    listen: async () => {
      await mkdir(folder, { recursive: true });
      await rm(socketPath, { force: true });
      await app.listen({ path: socketPath });
    },
  };
}
