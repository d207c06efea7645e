import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Directory } from '../domains/index.ts';
import { bareHost } from '../domains/index.ts';
import { CHALLENGE_PATH } from '../platform/http/challenge-path.ts';

/** Hosts of people, as the edge sees them. */
export interface CustomHosts {
  /** Null for hosts of the platform, and for all that nobody holds. */
  find: Directory['find'];
  /** Answers a certificate authority; false when this is no question of one. */
  answers(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** Whatever people hold, the platform's own host and those below it are never theirs. */
export function createCustomHosts(directory: Directory, platformHost: string): CustomHosts {
  const find: Directory['find'] = (host) => {
    const name = bareHost(host);
    return name === platformHost || name.endsWith(`.${platformHost}`) ? null : directory.find(name);
  };
  return {
    find,
    async answers({ method, url, headers: { host } }, response) {
      if (method !== 'GET' || !url?.startsWith(CHALLENGE_PATH) || !find(host)) return false;
      const answer = await directory.answer(host, url.slice(CHALLENGE_PATH.length));
      if (answer === null) return false;
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' });
      response.end(answer);
      return true;
    },
  };
}
