import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  decideRotation,
  isCurrent,
  REFRESH_TOKEN_DAYS,
  type RefreshTokenState,
  ROTATION_GRACE_MS,
} from './rotation.ts';

interface Token extends RefreshTokenState {
  successor: Token | null;
}

/** A session in memory that follows the decisions as the store does. */
class Session {
  readonly tokens: Token[] = [];
  now = 0;

  constructor() {
    this.add();
  }

  add(): Token {
    const expiresAt = new Date(this.now + REFRESH_TOKEN_DAYS * DAY_MS);
    const token: Token = { expiresAt, revokedAt: null, replacedAt: null, successor: null };
    this.tokens.push(token);
    return token;
  }

  present(index: number): { decision: string; given: Token | null } {
    const now = new Date(this.now);
    const token = this.tokens[index] ?? null;
    const decision = decideRotation(token, token?.successor ?? null, now);
    if (decision === 'rotate' && token) {
      token.revokedAt = now;
      token.replacedAt = now;
      token.successor = this.add();
    }
    if (decision === 'reused') for (const one of this.tokens) one.revokedAt ??= now;
    return { decision, given: decision === 'rotate' || decision === 'repeat' ? (token?.successor ?? null) : null };
  }

  current(): Token[] {
    return this.tokens.filter((token) => isCurrent(token, new Date(this.now)));
  }
}

const steps = fc.array(
  fc.record({
    token: fc.nat({ max: 12 }),
    wait: fc.constantFrom(0, 1, ROTATION_GRACE_MS - 1, ROTATION_GRACE_MS, DAY_MS),
  }),
  { maxLength: 40 },
);

describe('rotation of refresh tokens', () => {
  it('never leaves a session with two current tokens, and hands out only the current one', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const session = new Session();
        for (const step of plan) {
          session.now += step.wait;
          const { given } = session.present(step.token % session.tokens.length);
          expect(session.current().length).toBeLessThanOrEqual(1);
          if (given) expect(session.current()).toEqual([given]);
        }
      }),
    );
  });

  it('ends the session for good when an old token is used again', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 12 }), (plan, old) => {
        const session = new Session();
        for (const step of plan) {
          session.now += step.wait;
          session.present(step.token % session.tokens.length);
        }
        const token = session.tokens[old % session.tokens.length];
        fc.pre(token !== undefined && token.replacedAt !== null && token.expiresAt.getTime() > session.now);
        session.now += ROTATION_GRACE_MS;
        fc.pre(token !== undefined && token.expiresAt.getTime() > session.now);
        expect(session.present(old % session.tokens.length).decision).toBe('reused');
        for (const index of session.tokens.keys()) expect(session.present(index).given).toBeNull();
      }),
    );
  });

  it('answers two tabs that race with the same successor', () => {
    const session = new Session();
    const first = session.present(0);
    session.now += ROTATION_GRACE_MS - 1;
    const second = session.present(0);
    expect(second).toEqual({ decision: 'repeat', given: first.given });
  });

  it('ends the session when the successor was used meanwhile, however quickly', () => {
    const session = new Session();
    session.present(0);
    session.present(1);
    expect(session.present(0).decision).toBe('reused');
  });

  it('takes nothing that is unknown, expired or signed out', () => {
    const now = new Date(DAY_MS);
    const live = { expiresAt: new Date(2 * DAY_MS), revokedAt: null, replacedAt: null };
    expect(decideRotation(null, null, now)).toBe('ended');
    expect(decideRotation({ ...live, expiresAt: now }, null, now)).toBe('ended');
    expect(decideRotation({ ...live, revokedAt: now }, null, now)).toBe('ended');
    expect(decideRotation(live, null, now)).toBe('rotate');
  });
});
