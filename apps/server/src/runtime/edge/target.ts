import { AppCrashed, AppStartFailed } from '../errors.ts';
import type { Moved } from './moved.ts';
import type { PageKind } from './page-texts.ts';

/** Where a host's requests go. */
export type Target = {
  /** The Unix socket of the running app, which is started if it sleeps. */
  ensure(): Promise<string>;
  /** A request begins; the answer is called when it has ended. */
  begin(): () => void;
  /** The visitor has the answer, from the app or a page of ours, or has left: for counting. */
  answered?(answer: Answered): void;
};

export type Answered = { status: number; ms: number; bytes: number };

/** Looks a host name (lower case, without port) up: null when nobody has it, 'unpublished' when its app is not public. */
export type Resolve = (host: string) => Promise<Target | Moved | 'unpublished' | null>;

/** A visitor gets this page instead of the app. */
export class PageInstead extends Error {
  readonly kind: PageKind;

  constructor(kind: PageKind, cause?: unknown) {
    super(`The visitor gets the page ${kind}.`, { cause });
    this.kind = kind;
  }
}

/** The page for a failure to reach an app. */
export function pageFor(error: unknown): PageKind {
  if (error instanceof PageInstead) return error.kind;
  if (error instanceof AppCrashed) return 'crashed';
  if (error instanceof AppStartFailed) return error.reason === 'exited' ? 'crashed' : 'tooSlow';
  return (error as { code?: unknown } | null)?.code === 'database_away' ? 'away' : 'unavailable';
}
