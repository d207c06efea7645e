/** What is counted, over how long, and how many are let through. */
export interface Limit {
  kind: 'LOGIN' | 'PASSWORD_RESET' | 'SIGN_UP';
  /** Stands before the key, to keep counts of one kind apart. */
  prefix: string;
  windowSeconds: number;
  max: number;
}

const MINUTE = 60;
const HOUR = 3600;

/**
 * The limits on attempts. Sign-ups are counted twice: all of them, so that nobody makes accounts in bulk, and tightly
 * those that found the email taken, because they tell who has an account.
 */
export const limits = {
  signInByIp: { kind: 'LOGIN', prefix: '', windowSeconds: 15 * MINUTE, max: 50 },
  signInByEmail: { kind: 'LOGIN', prefix: '', windowSeconds: 15 * MINUTE, max: 10 },
  passwordChangeByUser: { kind: 'LOGIN', prefix: 'change:', windowSeconds: 15 * MINUTE, max: 10 },
  signUpByIp: { kind: 'SIGN_UP', prefix: '', windowSeconds: HOUR, max: 60 },
  takenSignUpByIp: { kind: 'SIGN_UP', prefix: 'taken:', windowSeconds: HOUR, max: 10 },
  resetByIp: { kind: 'PASSWORD_RESET', prefix: '', windowSeconds: HOUR, max: 20 },
  resetByEmail: { kind: 'PASSWORD_RESET', prefix: '', windowSeconds: HOUR, max: 3 },
  resetConfirmByIp: { kind: 'PASSWORD_RESET', prefix: 'confirm:', windowSeconds: HOUR, max: 20 },
} as const satisfies Record<string, Limit>;
export type LimitName = keyof typeof limits;

export const longestWindowSeconds = Math.max(...Object.values(limits).map((limit) => limit.windowSeconds));
