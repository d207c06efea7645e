import { DomainReason } from '@talkide/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { begunAnew, type Outcome, type Standing, type Step, transition, type Validity } from './lifecycle.ts';

const DAY = 24 * 60 * 60 * 1000;
const START = new Date('2026-11-28T08:00:00Z');
const later = (ms: number) => new Date(START.getTime() + ms);
const WELL: Outcome = { kind: 'WELL' };
const trouble = (step: Step, reason: DomainReason, detail: string | null = null): Outcome => ({
  kind: 'TROUBLE',
  trouble: { step, reason, detail },
});
const noProof = trouble('PROOF', 'PROOF_MISSING');
const noAddress = trouble('ADDRESS', 'ADDRESS_MISSING');
const noCertificate = trouble('CERTIFICATE', 'CERTIFICATE_REFUSED', 'no');
const noDns = trouble('PROOF', 'DNS_FAILED');
const valid: Validity = { expiresAt: later(60 * DAY), renewAt: later(30 * DAY) };

/** Goes on with the same outcome, look after look, until the time is over. */
function goOn(from: Standing, outcome: Outcome, days: number, certificate: Validity | null = null): Standing {
  let [standing, now] = [from, from.nextCheckAt ?? START];
  const end = now.getTime() + days * DAY;
  while (standing.nextCheckAt && now.getTime() <= end) {
    standing = transition(standing, outcome, certificate, now);
    now = standing.nextCheckAt ?? now;
  }
  return standing;
}
const fresh = begunAnew(START);
const active = transition(fresh, WELL, valid, START);

describe('a domain', () => {
  test('goes from proof to address to certificate to active', () => {
    expect(transition(fresh, noProof, null, START)).toMatchObject({
      status: 'PENDING',
      reason: 'PROOF_MISSING',
      attempts: 1,
    });
    expect(transition(fresh, noAddress, null, START)).toMatchObject({ status: 'VERIFIED', reason: 'ADDRESS_MISSING' });
    expect(transition(fresh, noCertificate, null, START)).toMatchObject({ status: 'VERIFIED', detail: 'no' });
    expect(active).toEqual({ ...fresh, status: 'ACTIVE', nextCheckAt: later(DAY) });
    const soon = { expiresAt: later(DAY), renewAt: later(DAY / 2) };
    expect(transition(fresh, WELL, soon, START).nextCheckAt).toEqual(soon.renewAt);
  });

  test('is looked at less and less often: the DNS hourly at last, the authority daily', () => {
    const pauses = (outcome: Outcome) => {
      let [standing, now] = [fresh, START];
      return Array.from({ length: 12 }, () => {
        standing = transition(standing, outcome, null, now);
        const pause = ((standing.nextCheckAt?.getTime() ?? 0) - now.getTime()) / 1000;
        now = standing.nextCheckAt ?? now;
        return pause;
      });
    };
    expect(pauses(noProof)).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]);
    expect(pauses(noCertificate).slice(0, 8)).toEqual([720, 1440, 2880, 5760, 11_520, 23_040, 46_080, 86_400]);
  });

  test('is given up in the end: 7 days without a proof, 3 when it is gone, 14 for the rest', () => {
    expect(goOn(fresh, noProof, 6.9)).toMatchObject({ status: 'PENDING' });
    expect(goOn(fresh, noProof, 7.1)).toMatchObject({ status: 'FAILED', reason: 'PROOF_MISSING', nextCheckAt: null });
    expect(goOn(fresh, noAddress, 13.9)).toMatchObject({ status: 'VERIFIED' });
    expect(goOn(fresh, noAddress, 14.1)).toMatchObject({ status: 'FAILED', reason: 'ADDRESS_MISSING' });
    expect(goOn(active, noProof, 2.9, valid)).toMatchObject({ status: 'ACTIVE', reason: 'PROOF_MISSING' });
    expect(goOn(active, noProof, 3.1, valid)).toMatchObject({ status: 'FAILED' });
    expect(goOn(active, noDns, 13.9, valid)).toMatchObject({ status: 'ACTIVE', reason: 'DNS_FAILED' });
  });

  test('outlives a failed renewal until its certificate ends', () => {
    const old = { expiresAt: later(5 * DAY), renewAt: later(-1) };
    expect(goOn(active, noCertificate, 3, old)).toMatchObject({ status: 'ACTIVE', reason: 'CERTIFICATE_REFUSED' });
    const ended = goOn(active, noCertificate, 6, old);
    expect(ended.status).toBe('VERIFIED');
    expect(transition(ended, WELL, valid, later(7 * DAY)).status).toBe('ACTIVE');
  });

  test('whatever happens, it is active by all steps only, held by a proof only, and never looked at for ever', () => {
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc.constant(WELL),
      fc.constantFrom(
        noProof,
        noAddress,
        noCertificate,
        noDns,
        trouble('PROOF', 'TAKEN'),
        trouble('ADDRESS', 'DNS_FAILED'),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(outcome, fc.nat(3 * DAY)), { maxLength: 60 }), (steps) => {
        let [standing, now, proved] = [fresh, START, false];
        for (const [met, wait] of steps) {
          if (!standing.nextCheckAt) break;
          const before = standing;
          now = new Date(Math.max(now.getTime() + wait, standing.nextCheckAt.getTime()));
          standing = transition(before, met, null, now);
          proved ||= met.kind === 'WELL' || met.trouble.step !== 'PROOF';
          if (!proved) expect(['PENDING', 'FAILED']).toContain(standing.status);
          if (standing.status === 'ACTIVE' && before.status !== 'ACTIVE') expect(met).toBe(WELL);
          expect(standing.nextCheckAt === null).toBe(standing.status === 'FAILED');
          expect(standing.reason === null).toBe(met.kind === 'WELL');
          if (standing.nextCheckAt) expect(standing.nextCheckAt.getTime()).toBeGreaterThan(now.getTime());
        }
      }),
    );
    for (const reason of DomainReason.options)
      for (const step of ['PROOF', 'ADDRESS', 'CERTIFICATE'] as const)
        expect(goOn(fresh, trouble(step, reason), 15)).toMatchObject({ status: 'FAILED', reason });
  });
});
