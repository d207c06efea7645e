/** How long a rotated token still answers with its successor: two tabs race, or a reload lost the answer. */
export const ROTATION_GRACE_MS = 10_000;
export const REFRESH_TOKEN_DAYS = 14;
export const DAY_MS = 86_400_000;

/** What is known of a refresh token. */
export interface RefreshTokenState {
  expiresAt: Date;
  /** Set when the token was rotated or its session ended. */
  revokedAt: Date | null;
  /** Set when it was rotated: the session lives on in its successor. */
  replacedAt: Date | null;
}

/**
 * What to do with a presented refresh token:
 * - `rotate`: it is the session's current one; replace it.
 * - `repeat`: it was replaced a moment ago and nobody used the successor; hand the same successor out again. A session
 *   never gets two current tokens, so reuse is still found out.
 * - `reused`: it was replaced before; somebody holds a copy, so the whole session ends.
 * - `ended`: it is unknown, expired, or its session was ended.
 */
export type RotationDecision = 'rotate' | 'repeat' | 'reused' | 'ended';

/** Decides on a presented token from its state and its successor's. */
export function decideRotation(
  presented: RefreshTokenState | null,
  successor: RefreshTokenState | null,
  now: Date,
): RotationDecision {
  if (!presented || presented.expiresAt <= now) return 'ended';
  if (presented.replacedAt) {
    const recent = now.getTime() - presented.replacedAt.getTime() < ROTATION_GRACE_MS;
    return recent && successor && isCurrent(successor, now) ? 'repeat' : 'reused';
  }
  return presented.revokedAt ? 'ended' : 'rotate';
}

/** True for the one token of a session that may be traded. */
export function isCurrent(token: RefreshTokenState, now: Date): boolean {
  return !token.revokedAt && !token.replacedAt && token.expiresAt > now;
}
