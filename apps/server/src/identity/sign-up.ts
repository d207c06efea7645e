import type { SignUp } from '@talkide/contracts';
import type { z } from 'zod';
import { addEntry } from '../credit/index.ts';
import { DomainError } from '../errors.ts';
import type { Tx } from '../platform/db/index.ts';
import { usd } from '../platform/money.ts';
import * as accounts from './account/store.ts';
import type { Core } from './core.ts';
import { ipKey } from './limits/keys.ts';
import { refuseOwnWords } from './password-reset.ts';
import type { LiveSession } from './sessions/sessions.ts';
import type { Device } from './sessions/store.ts';

type SignUpForm = z.output<typeof SignUp>;

/** A sign-up from a device; `locale` is what its browser prefers. */
interface Attempt {
  form: SignUpForm;
  device: Device;
  locale: 'en' | 'cs';
}

/**
 * Makes an account, its tenant and a first session in one transaction. Without a confirmation by mail there is no way
 * to hide that an email is taken: an address is told so a few times an hour, and after that it is refused whatever it
 * asks.
 */
export async function signUp(core: Core, attempt: Attempt): Promise<LiveSession & { userId: string }> {
  const { db, gate, limiter, hasher } = core;
  const { form, device } = attempt;
  refuseOwnWords(form.password, form);
  const mode = await modeNow(core);
  if (mode === 'closed') throw new DomainError('sign_up_closed');
  const ip = ipKey(device.ip);
  await limiter.spend({ signUpByIp: ip });
  if (mode === 'invite') {
    if (!form.inviteToken) throw new DomainError('invite_invalid');
    await gate.checkInvite(form.inviteToken, ip);
  }
  const passwordHash = await hasher.hash(form.password);
  const session = await db.system((tx) => makeAccount(core, tx, { ...attempt, passwordHash, mode }));
  if (!session) throw new DomainError('email_taken');
  return session;
}

/** Who may sign up at this moment; the first account always may. */
export async function modeNow({ db, gate, signUpMode }: Core): Promise<'open' | 'invite' | 'closed'> {
  if (!(await db.system(accounts.anyAccount))) return 'open';
  return (await gate.isSignUpOff()) ? 'closed' : signUpMode;
}

/** Null when the email is taken; that commits, because it counts. */
async function makeAccount(
  { gate, tenancy, limiter, sessions, signUpMode, startingCreditUsd }: Core,
  tx: Tx,
  { form, device, locale, passwordHash, mode }: Attempt & { passwordHash: string; mode: string },
): Promise<(LiveSession & { userId: string }) | null> {
  const { email, name, inviteToken } = form;
  const ip = ipKey(device.ip);
  const first = await isFirst(tx);
  // Two strangers may both have found nobody here: the one who comes second signs up like everybody else.
  if (!first && mode === 'open' && signUpMode !== 'open') throw new DomainError('sign_up_closed');
  await limiter.demandRoom(tx, 'takenSignUpByIp', ip);
  const userId = await accounts.insertAccount(tx, {
    email,
    name,
    passwordHash,
    role: first ? 'ADMIN' : 'USER',
    locale: form.locale ?? locale,
    creditUsd: startingCreditUsd,
  });
  if (!userId) {
    await limiter.record(tx, 'takenSignUpByIp', ip);
    return null;
  }
  const { id: tenantId } = await tenancy.makeTenant(tx, { userId, email, name });
  await giveStartingCredit(tx, { tenantId, userId, amountUsd: startingCreditUsd });
  const claimed = inviteToken ? await gate.claimInvite(tx, inviteToken, { userId, ip }) : false;
  if (mode === 'invite' && !claimed) throw new DomainError('invite_invalid');
  return { userId, ...(await sessions.open(tx, userId, device)) };
}

async function giveStartingCredit(
  tx: Tx,
  gift: { tenantId: string; userId: string; amountUsd: string },
): Promise<void> {
  if (usd(gift.amountUsd).isZero()) return;
  await addEntry(tx, { ...gift, kind: 'STARTING', source: `starting:${gift.userId}` });
}

async function isFirst(tx: Tx): Promise<boolean> {
  if (await accounts.anyAccount(tx)) return false;
  await accounts.lockFirstAccount(tx);
  return !(await accounts.anyAccount(tx));
}
