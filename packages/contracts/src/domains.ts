import { z } from 'zod';
import { errors } from './problem.ts';
import { Id, IdParams, route, Text, Timestamp } from './route.ts';

/** Domains of a project, and of all projects of a tenant. */
export const DOMAIN_LIMITS = { project: 10, tenant: 50 } as const;

/**
 * `PENDING`: the proof is looked for in the DNS. `VERIFIED`: it is there, and the name is held. `ACTIVE`: the published
 * application answers there. `FAILED`: it was given up; a check by hand begins anew.
 */
export const DomainStatus = z.enum(['PENDING', 'VERIFIED', 'ACTIVE', 'FAILED']);
export type DomainStatus = z.infer<typeof DomainStatus>;

/** What stands in the way, or what an active one lost. */
export const DomainReason = z.enum([
  'PROOF_MISSING',
  'PROOF_WRONG',
  'TAKEN',
  'DNS_FAILED',
  'ADDRESS_MISSING',
  'ADDRESS_ELSEWHERE',
  'CERTIFICATE_REFUSED',
  'CERTIFICATE_UNAVAILABLE',
]);
export type DomainReason = z.infer<typeof DomainReason>;

/** A record to set in the DNS. */
export const DomainRecord = z.object({
  type: z.enum(['TXT', 'CNAME', 'A', 'AAAA']),
  name: z.string(),
  value: z.string(),
});
export type DomainRecord = z.infer<typeof DomainRecord>;

export const Domain = z.object({
  id: Id,
  /** As the DNS has it (punycode). */
  hostname: z.string(),
  /** As people write it. */
  displayName: z.string(),
  url: z.string(),
  status: DomainStatus,
  reason: DomainReason.nullable(),
  /** What was found instead, or what the certificate authority said. */
  detail: z.string().nullable(),
  records: z.array(DomainRecord),
  /** A check is due or under way. */
  checking: z.boolean(),
  checkedAt: Timestamp.nullable(),
  nextCheckAt: Timestamp.nullable(),
  /** Null: there is none. */
  certificateExpiresAt: Timestamp.nullable(),
});
export type Domain = z.infer<typeof Domain>;

export const Domains = z.object({
  items: z.array(Domain),
  /** `ACME`: TalkIDE fetches certificates. `OPERATOR`: TLS is up to whoever runs it, in front of TalkIDE. */
  certificates: z.enum(['ACME', 'OPERATOR']),
});
export type Domains = z.infer<typeof Domains>;

const tag = 'domains';
const DomainParams = IdParams.extend({ domainId: Id });
export const domainRoutes = {
  listDomains: route({
    method: 'GET',
    url: '/api/projects/:id/domains',
    access: 'user',
    tag,
    summary: 'Domains of the published application, with the records that the DNS needs',
    params: IdParams,
    responses: { 200: Domains },
  }),
  addDomain: route({
    method: 'POST',
    url: '/api/projects/:id/domains',
    access: 'user',
    tag,
    summary: 'Claim a hostname for the published application',
    params: IdParams,
    body: z.object({ hostname: Text.max(300) }),
    responses: { 201: Domain },
    errors: [
      'domain_invalid',
      'domain_not_public',
      'domain_of_platform',
      'domain_taken',
      'domain_added',
      'domain_unreachable',
      'too_many_domains',
    ],
    idempotent: true,
  }),
  checkDomain: route({
    method: 'POST',
    url: '/api/projects/:id/domains/:domainId/check',
    access: 'user',
    tag,
    summary: 'Look at the DNS again soon: at once, or when the pause after the last look is over',
    params: DomainParams,
    responses: { 202: Domain },
  }),
  removeDomain: route({
    method: 'DELETE',
    url: '/api/projects/:id/domains/:domainId',
    access: 'user',
    tag,
    summary: 'Give a domain up; its certificate is forgotten',
    params: DomainParams,
    responses: { 204: z.void() },
  }),
};

export const domainErrors = errors({
  domain_invalid: {
    status: 422,
    en: '“{hostname}” is not the name of a domain. Write it like www.example.com.',
    cs: '„{hostname}“ není jméno domény. Napište ho třeba jako www.example.com.',
  },
  domain_not_public: {
    status: 422,
    en: '“{hostname}” is no domain that somebody can own. Take one that you registered, or a name below it.',
    cs: '„{hostname}“ není doména, kterou by někdo mohl vlastnit. Zvolte tu, kterou máte registrovanou, nebo jméno pod ní.',
  },
  domain_of_platform: {
    status: 409,
    en: '“{hostname}” belongs to this TalkIDE. Addresses below it are changed under Settings → Public address.',
    cs: '„{hostname}“ patří tomuto TalkIDE. Adresy pod ním se mění v Nastavení → Veřejná adresa.',
  },
  domain_taken: {
    status: 409,
    en: 'Another account has proved that “{hostname}” is theirs. If it is yours: take their proof (the TXT record _talkide) out of the DNS; the name is free three days later.',
    cs: 'Jiný účet prokázal, že „{hostname}“ je jeho. Pokud je vaše: odstraňte jeho důkaz (TXT záznam _talkide) z DNS; za tři dny se jméno uvolní.',
  },
  domain_added: {
    status: 409,
    en: '“{hostname}” is added already, here or to another project of yours. Remove it there first.',
    cs: '„{hostname}“ už je přidaná, tady nebo u jiného vašeho projektu. Nejdřív ji tam odeberte.',
  },
  domain_unreachable: {
    status: 409,
    en: 'There is nowhere for “{hostname}” to point: this TalkIDE has no public address for it. The operator sets TALKIDE_PUBLIC_ADDRESSES.',
    cs: '„{hostname}“ nemá kam ukazovat: toto TalkIDE pro ni nemá veřejnou adresu. Provozovatel nastaví TALKIDE_PUBLIC_ADDRESSES.',
  },
  too_many_domains: {
    status: 409,
    en: 'A project has {project} domains at most, and an account {tenant}. Remove one first.',
    cs: 'Projekt má nejvýš {project} domén a účet {tenant}. Nejdřív některou odeberte.',
  },
});
