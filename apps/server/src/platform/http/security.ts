import type { FastifyReply } from 'fastify';

export interface Origins {
  /** Where the platform itself answers, e.g. `http://localhost:9090`. */
  publicUrl: string;
  /** Host (with port) below which applications live, e.g. `localhost:9090`. */
  appDomain: string;
  /** People pay in place, by Stripe's own scripts and frames. */
  stripe?: boolean;
}

/** What Stripe says its Payment Element needs. */
const stripeSources = {
  script: ' https://js.stripe.com https://*.js.stripe.com',
  connect: ' https://api.stripe.com',
  frame: ' https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com',
};

/** Headers of every answer of the platform (not of applications: those set their own). */
export function securityHeaders({ publicUrl, appDomain, stripe }: Origins): Record<string, string> {
  const scheme = new URL(publicUrl).protocol;
  const { script, connect, frame } = stripe ? stripeSources : { script: '', connect: '', frame: '' };
  const policy = [
    "default-src 'self'",
    `script-src 'self'${script}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${connect}`,
    `frame-src ${scheme}//*.${appDomain}${frame}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': `camera=(), microphone=(), geolocation=(), payment=${stripe ? '(self "https://js.stripe.com")' : '()'}`,
    ...(scheme === 'https:' ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  };
}

export function setHeaders(reply: FastifyReply, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value);
}
