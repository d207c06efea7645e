import { axios, Client, crypto } from 'acme-client';
import type { Certificate } from './certificates.ts';

/** How certificates are had from an authority that speaks ACME. */
export interface AcmeConfig {
  directory: string;
  /** Mail address that the authority may write to. */
  contact: string | undefined;
  /** Some authorities bind accounts to customers. */
  binding: { keyId: string; key: string } | undefined;
}

export interface IssuerOptions extends AcmeConfig {
  accountKey(): Promise<string>;
  /** Milliseconds between two looks at what the authority is doing: at first, and at most. */
  pauseMs?: { first: number; longest: number };
}

/** No certificate was given. */
export class NotIssued extends Error {
  override readonly name = 'NotIssued';
  /** The authority could not be asked, as opposed to: it refused. */
  readonly unreachable: boolean;

  constructor(message: string, unreachable: boolean, cause: unknown) {
    super(message, { cause });
    this.unreachable = unreachable;
  }
}

export interface Issuer {
  /**
   * A certificate for one name, from a challenge over HTTP that `present` makes visible. Takes seconds, two minutes at
   * most; throws `NotIssued`.
   */
  issue(
    hostname: string,
    present: (challenge: { token: string; answer: string }) => Promise<void>,
  ): Promise<Certificate>;
}

const REQUEST_MS = 15_000;
// We try again by ourselves, much later; an authority that says when could have us wait for hours here.
Object.assign(axios.defaults, { timeout: REQUEST_MS, maxContentLength: 1024 * 1024 });
Object.assign((axios.defaults as { acmeSettings?: object }).acmeSettings ?? {}, { retryMaxAttempts: 0 });

/** Makes the issuer of a directory. */
export function createIssuer(options: IssuerOptions): Issuer {
  const { directory, contact, binding } = options;
  const { first, longest } = options.pauseMs ?? { first: 1_000, longest: 8_000 };
  return {
    async issue(hostname, present) {
      const client = new Client({
        directoryUrl: directory,
        accountKey: await options.accountKey(),
        ...(binding ? { externalAccountBinding: { kid: binding.keyId, hmacKey: binding.key } } : {}),
        ...{ backoffAttempts: 10, backoffMin: first, backoffMax: longest },
      });
      const key = await crypto.createPrivateEcdsaKey();
      const [, csr] = await crypto.createCsr({ altNames: [hostname] }, key);
      try {
        const chain = await client.auto({
          csr,
          ...(contact ? { email: contact } : {}),
          ...{ termsOfServiceAgreed: true, challengePriority: ['http-01'] },
          // The authority looks by itself; we may not even reach our own public address.
          skipChallengeVerification: true,
          challengeCreateFn: (_, { type, token }, answer) => {
            if (type !== 'http-01') throw new Error('The authority offers no challenge over HTTP.');
            return present({ token, answer });
          },
          // It goes with the end of the look.
          challengeRemoveFn: async () => {},
        });
        return { chain, key: key.toString() };
      } catch (error) {
        throw notIssued(error);
      }
    },
  };
}

function notIssued(error: unknown): NotIssued {
  const { message = '', response } = error as { message?: string; response?: { status: number } };
  // A connection that breaks is a TypeError: acme-client 5.4 fails in looking at the answer that there is none of.
  const unreachable = error instanceof TypeError || (response !== undefined && response.status >= 500);
  return new NotIssued(unreachable ? '' : message, unreachable, error);
}
