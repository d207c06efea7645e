import type { DomainReason, DomainStatus } from '@talkide/contracts';

/** What a look at a domain brought: all is well, or the first thing that stands in the way. */
export type Outcome = { kind: 'WELL' } | { kind: 'TROUBLE'; trouble: Trouble };

/** The steps to an active domain, in their order. */
export type Step = 'PROOF' | 'ADDRESS' | 'CERTIFICATE';
export interface Trouble {
  step: Step;
  reason: DomainReason;
  detail: string | null;
}

/** Where a domain stands. */
export interface Standing {
  status: DomainStatus;
  reason: DomainReason | null;
  detail: string | null;
  /** Looks in a row that met this trouble. */
  attempts: number;
  troubleSince: Date | null;
  /** Null: nothing is looked at any more. */
  nextCheckAt: Date | null;
}

/** What of its certificate matters here: null where TLS is not ours. */
export interface Validity {
  expiresAt: Date;
  renewAt: Date;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Certificate authorities stop those who fail more often than five times an hour for a name. */
export const PAUSE_MS = { PROOF: 10 * SECOND, ADDRESS: 10 * SECOND, CERTIFICATE: 12 * MINUTE } as const;
const LONGEST_PAUSE_MS = { PROOF: HOUR, ADDRESS: HOUR, CERTIFICATE: DAY } as const;
const PATIENCE_MS = { unproved: 7 * DAY, proofGone: 3 * DAY, other: 14 * DAY } as const;

const STEPS: Record<DomainReason, Step | null> = {
  PROOF_MISSING: 'PROOF',
  PROOF_WRONG: 'PROOF',
  TAKEN: 'PROOF',
  DNS_FAILED: null,
  ADDRESS_MISSING: 'ADDRESS',
  ADDRESS_ELSEWHERE: 'ADDRESS',
  CERTIFICATE_REFUSED: 'CERTIFICATE',
  CERTIFICATE_UNAVAILABLE: 'CERTIFICATE',
};

/** How long to wait at least after a look that brought this. */
export const shortestPause = (reason: DomainReason | null): number => PAUSE_MS[(reason && STEPS[reason]) ?? 'PROOF'];

function patience(status: DomainStatus, { step, reason }: Trouble): number {
  if (status === 'PENDING') return PATIENCE_MS.unproved;
  // A DNS that cannot be asked is not a proof that is gone.
  return step === 'PROOF' && reason !== 'DNS_FAILED' ? PATIENCE_MS.proofGone : PATIENCE_MS.other;
}

/** The status that goes with a trouble; the name is held as soon as the proof was found. */
function statusIn(before: DomainStatus, { step }: Trouble, certificate: Validity | null, now: Date): DomainStatus {
  if (step === 'PROOF') return before;
  // What works goes on working: an active domain outlives a failed renewal until its certificate ends.
  const works =
    before === 'ACTIVE' && (step !== 'CERTIFICATE' || (certificate !== null && certificate.expiresAt > now));
  return works ? 'ACTIVE' : 'VERIFIED';
}

/** Where a domain stands after a look at it. Not for FAILED ones: those are begun anew first. */
export function transition(before: Standing, outcome: Outcome, certificate: Validity | null, now: Date): Standing {
  const after = (ms: number) => new Date(now.getTime() + ms);
  if (outcome.kind === 'WELL') {
    const tomorrow = after(DAY);
    const renewAt = certificate && certificate.renewAt > now ? certificate.renewAt : tomorrow;
    const nextCheckAt = renewAt < tomorrow ? renewAt : tomorrow;
    return { status: 'ACTIVE', reason: null, detail: null, attempts: 0, troubleSince: null, nextCheckAt };
  }
  const { trouble } = outcome;
  const status = statusIn(before.status, trouble, certificate, now);
  const goesOn = status === before.status && isSame(before.reason, trouble);
  const troubleSince = (goesOn && before.troubleSince) || now;
  const attempts = goesOn ? before.attempts + 1 : 1;
  const common = { reason: trouble.reason, detail: trouble.detail, attempts, troubleSince };
  if (now.getTime() - troubleSince.getTime() >= patience(status, trouble))
    return { ...common, status: 'FAILED', nextCheckAt: null };
  const pause = Math.min(PAUSE_MS[trouble.step] * 2 ** Math.min(attempts - 1, 20), LONGEST_PAUSE_MS[trouble.step]);
  return { ...common, status, nextCheckAt: after(pause) };
}

/** A trouble of the same step goes on; so does one whose DNS cannot be asked meanwhile. */
const isSame = (before: DomainReason | null, { step, reason }: Trouble): boolean =>
  before !== null && (before === reason || STEPS[before] === step);

/** A domain begun anew by hand. */
export const begunAnew = (now: Date): Standing => ({
  ...{ status: 'PENDING', reason: null, detail: null, attempts: 0, troubleSince: null },
  nextCheckAt: now,
});
