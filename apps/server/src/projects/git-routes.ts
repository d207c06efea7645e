import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sentence } from '../errors.ts';
import type { Caller } from '../platform/http/caller.ts';
import type { Context } from './context.ts';
import {
  ADVERTISEMENT_TYPE,
  advertise,
  protocolOf,
  REQUEST_TYPE,
  RESULT_TYPE,
  SERVICE,
  uploadPack,
} from './git/http.ts';
import { findBySlug } from './store.ts';
import { findVersion } from './versions-store.ts';

export type AuthenticateToken = (token: string) => Promise<Caller | null>;

/** Clients that fetch at the same time; each is a process. */
const AT_ONCE = 8;
const NO_PUSH =
  'This address is for cloning and pulling. To change the application, ask Mara or save files in the Code tab.\n';

class Refused extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** Clone and pull with plain git: any user name, a personal token as the password. */
export function bindGitRoutes(app: FastifyInstance, context: Context, authenticate: AuthenticateToken): void {
  let fetching = 0;

  /** The repository of a caller's own project; another tenant's is as missing as one that does not exist. */
  const locate = async (request: FastifyRequest<{ Params: { name: string } }>) => {
    const token = passwordOf(request.headers.authorization);
    const caller = token === null ? null : await authenticate(token);
    if (!caller) throw new Refused(401, 'Use a personal token from your account page as the password.\n');
    const { tenantId } = caller;
    const slug = request.params.name.replace(/\.git$/, '');
    const version = await context.db.tenant(tenantId, async (tx) => {
      const project = await findBySlug(tx, tenantId, slug);
      return project ? findVersion(tx, tenantId, project.id) : null;
    });
    if (!version) throw new Refused(404, sentence('not_found', caller.locale));
    const { repository } = context.places.folders({ id: version.project_id, environmentId: '' });
    return { repository, commit: version.commit_sha };
  };

  app.register(async (scope) => {
    scope.addContentTypeParser(REQUEST_TYPE, (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, _request, reply) => {
      if (error instanceof Refused) return refuse(reply, error);
      throw error;
    });

    scope.get<{ Params: { name: string }; Querystring: { service?: string } }>(
      '/git/:name/info/refs',
      async (request, reply) => {
        const { repository, commit } = await locate(request);
        if (request.query.service === 'git-receive-pack') throw new Refused(403, NO_PUSH);
        if (request.query.service !== SERVICE) throw new Refused(400, 'Use git 1.6.6 or newer.\n');
        const refs = await advertise(context.git, repository, commit, protocolOf(request.headers['git-protocol']));
        return reply.headers({ 'cache-control': 'no-cache' }).type(ADVERTISEMENT_TYPE).send(refs);
      },
    );

    scope.post<{ Params: { name: string } }>(`/git/:name/${SERVICE}`, async (request, reply) => {
      const { repository } = await locate(request);
      if (!(request.body instanceof Readable)) throw new Refused(415, `Send ${REQUEST_TYPE}.\n`);
      if (fetching >= AT_ONCE) throw new Refused(503, 'Many are fetching right now. Try again in a few seconds.\n');
      fetching += 1;
      const answer = uploadPack(context.git, repository, {
        body: request.body,
        gzip: request.headers['content-encoding'] === 'gzip',
        protocol: protocolOf(request.headers['git-protocol']),
      });
      answer.once('close', () => {
        fetching -= 1;
      });
      return reply.headers({ 'cache-control': 'no-cache' }).type(RESULT_TYPE).send(answer);
    });

    scope.post<{ Params: { name: string } }>('/git/:name/git-receive-pack', async (request) => {
      await locate(request);
      throw new Refused(403, NO_PUSH);
    });
  });
}

/** The password of HTTP's Basic scheme; null when there is none. */
function passwordOf(header: string | undefined): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(header ?? '')?.[1];
  if (!encoded) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const password = pair.slice(pair.indexOf(':') + 1);
  return pair.includes(':') && password !== '' ? password : null;
}

function refuse(reply: FastifyReply, { status, message }: Refused): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Basic realm="TalkIDE", charset="UTF-8"');
  if (status === 503) reply.header('retry-after', '5');
  return reply.code(status).type('text/plain; charset=utf-8').send(message);
}
