import { type ErrorCode, errorCatalogue } from '@talkide/contracts';

export type Facts = Record<string, unknown>;

/** A refusal with a code of the catalogue; HTTP turns it into problem details. `cause` stays inside. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly facts: Facts;

  constructor(code: ErrorCode, facts: Facts = {}, cause?: unknown) {
    super(sentence(code, 'en', facts), { cause });
    this.code = code;
    this.facts = facts;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** The public sentence of a code in a language, with its facts filled in. */
export function sentence(code: ErrorCode, locale: 'en' | 'cs', facts: Facts = {}): string {
  return errorCatalogue[code][locale].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const fact = facts[name];
    if (fact === undefined) return hole;
    return Array.isArray(fact) ? fact.join(', ') : String(fact);
  });
}
