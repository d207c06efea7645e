/** Who makes a request. Tenant scope comes from here and nowhere else. */
export interface Caller {
  userId: string;
  tenantId: string;
  /** The session (family of refresh tokens) that the access token belongs to. */
  sessionId: string;
  role: 'USER' | 'ADMIN';
  locale: 'en' | 'cs';
}

/** Resolves a bearer token; null when it is missing its session, expired or forged. */
export type Authenticate = (bearer: string) => Promise<Caller | null>;

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}
