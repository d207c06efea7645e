import { startTestPayments } from '@talkide/test-payments';
import type { FastifyInstance } from 'fastify';
import { createStripePayments, mountCardPages, type Payments } from '../adapters/payments/index.ts';
import type { Config } from '../config.ts';
import type { Secrets } from '../platform/secrets.ts';

export interface PaymentProvider {
  payments: Payments;
  /** Pages that the provider shows on the platform's origin. */
  routes(app: FastifyInstance): void;
  close(): Promise<void>;
}

export interface PaymentOptions {
  config: Config;
  /** Of test mode's provider, this process's alone. */
  folder: string;
  publicUrl: string;
  secrets: Secrets;
}

/** Stripe where its keys are set, else the provider of test mode on a loopback port, with a folder for its state. */
export async function openPayments({ config, folder, publicUrl, secrets }: PaymentOptions): Promise<PaymentProvider> {
  if (config.stripe) {
    const payments = await createStripePayments({ ...config.stripe, provider: 'stripe' });
    return { payments, routes: () => {}, close: async () => {} };
  }
  const secretKey = `sk_test_${secrets.derive('payments', 'secret key')}`;
  const webhookSecret = `whsec_${secrets.derive('payments', 'webhook secret')}`;
  const provider = await startTestPayments({
    ...{ secretKey, publicUrl, folder },
    webhook: { url: `${ownAddress(config)}/webhooks/stripe`, secret: webhookSecret },
  });
  const payments = await createStripePayments({
    ...{ provider: 'test', secretKey, publishableKey: null, webhookSecret, baseUrl: provider.url },
  });
  return { payments, routes: (app) => mountCardPages(app, provider), close: provider.close };
}

/** Where this process answers, as it can call itself. */
function ownAddress({ host, port }: Config): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
