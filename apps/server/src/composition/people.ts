import { createMailbox, createMailer, createSmtp } from '../adapters/mail/index.ts';
import { createTopUps, type TopUpsModule } from '../credit/index.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createOperations, type Operations } from '../operations/index.ts';
import { systemClock as clock } from '../platform/clock.ts';
import type { RuntimeStatus } from '../runtime/index.ts';
import { createTenancy, type Tenancy } from '../tenancy/index.ts';
import { createUsage, type Usage } from '../usage/index.ts';
import type { Ground } from './ground.ts';

export interface People {
  tenancy: Tenancy;
  operations: Operations;
  identity: Identity;
  topUps: TopUpsModule;
  usage: Usage;
}

/** The modules about people: tenants, the operator's side, identity, mail to them, what they buy and what they spend. */
export async function createPeople(ground: Ground): Promise<People> {
  const { config, databases, log, publicUrl, secrets, runtime, model, lifetime } = ground;
  const { db } = databases;
  const tenancy = createTenancy({ db });
  const operations = createOperations({
    ...{ db, clock, secrets, publicUrl },
    runtimeStatus: async () => ({
      ...runtimeView(runtime.status),
      executor: config.executor,
      room: await ground.room.look(),
    }),
  });
  const identity = await createIdentity({
    ...{ db, clock, secrets, publicUrl, log, tenancy },
    gate: operations.gate,
    signUpMode: config.signUpMode,
    demoModel: model.demo,
    startingCreditUsd: config.startingCreditUsd,
  });
  lifetime.add(identity.close);
  const transport = config.smtpUrl ? createSmtp({ url: config.smtpUrl, from: config.mailFrom }) : createMailbox();
  const mailer = await createMailer({ db, clock, log, transport, host: new URL(publicUrl).hostname });
  lifetime.add(mailer.close);
  const topUps = await createTopUps({
    ...{ db, clock, secrets, log, onError: ground.onError },
    payments: ground.paymentProvider.payments,
  });
  lifetime.add(topUps.close);
  return { tenancy, operations, identity, topUps, usage: createUsage({ db, clock }) };
}

const GRADES = { production: 'PRODUCTION', development: 'DEVELOPMENT' } as const;

function runtimeView(status: RuntimeStatus) {
  return status.status === 'available'
    ? { status: status.status, limits: status.limits, grade: GRADES[status.grade], reason: null, mend: null }
    : { status: status.status, limits: null, grade: null, reason: status.reason, mend: status.mend };
}
