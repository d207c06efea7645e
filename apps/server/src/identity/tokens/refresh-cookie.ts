import type { FastifyReply, FastifyRequest } from 'fastify';

/** The cookie that holds the refresh token; `__Host-` where the address is https, so that no subdomain can set it. */
export interface RefreshCookie {
  read(request: FastifyRequest): string | null;
  set(reply: FastifyReply, token: string, expires: Date): void;
  clear(reply: FastifyReply): void;
}

export function createRefreshCookie(secure: boolean): RefreshCookie {
  const name = secure ? '__Host-talkide_refresh' : 'talkide_refresh';
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  return {
    read: (request) => request.cookies[name] || null,
    set: (reply, token, expires) => void reply.setCookie(name, token, { ...options, expires }),
    clear: (reply) => void reply.setCookie(name, '', { ...options, expires: new Date(0) }),
  };
}
