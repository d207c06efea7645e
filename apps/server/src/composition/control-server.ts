import { mkdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { DomainError } from '../errors.ts';
import { sendProblem } from '../platform/http/problems.ts';

export interface ControlServer {
  app: FastifyInstance;
  /** The folder of the socket, which holds nothing else. */
  folder: string;
  /** Requests below a path go to this handler instead of the application: the gateway's own way, which is shorter. */
  pass(prefix: string, handler: (request: IncomingMessage, response: ServerResponse) => void): void;
  listen(): Promise<void>;
}

/** Below the folder of sockets. It stays when a platform dies: its workers are shown it. */
export const CONTROL_FOLDER = 'control';

/** The server on the control socket: the only thing of the platform that a worker can reach. */
export function createControlServer(socketsDir: string, logger: FastifyBaseLogger): ControlServer {
  const passed: Parameters<ControlServer['pass']>[] = [];
  const app: FastifyInstance = fastify({
    serverFactory: (handler) =>
      createServer((request, response) => {
        const found = passed.find(([prefix]) => request.url?.startsWith(prefix));
        if (found) found[1](request, response);
        else handler(request, response);
      }),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  app.decorateRequest('caller', null);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) => sendProblem(new DomainError('not_found'), request, reply));
  const folder = join(socketsDir, CONTROL_FOLDER);
  const socketPath = join(folder, 'control.sock');
  return {
    app,
    folder,
    pass: (prefix, handler) => void passed.push([`${prefix}/`, handler]),
    listen: async () => {
      await mkdir(folder, { recursive: true });
      await rm(socketPath, { force: true });
      await app.listen({ path: socketPath });
    },
  };
}
