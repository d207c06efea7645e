import { z } from 'zod';

/** RFC 9457 problem details with our stable code and the sentence a person can act on. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string().optional(),
  /** Field errors of a body that does not fit: JSON pointer → sentence. */
  fields: z.record(z.string(), z.string()).optional(),
  /** Facts a client may use: allowed transitions, retry seconds, … */
  facts: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** One entry of the error catalogue: HTTP status and the public sentence in both languages. `{name}` takes a fact. */
export interface ErrorEntry {
  status: number;
  en: string;
  cs: string;
}
export type ErrorCatalogue = Readonly<Record<string, ErrorEntry>>;
export const errors = <const C extends ErrorCatalogue>(catalogue: C): C => catalogue;

/** Errors any route may answer. */
export const generalErrors = errors({
  bad_request: { status: 400, en: 'The request does not fit: {reason}.', cs: 'Požadavek nesedí: {reason}.' },
  unauthenticated: { status: 401, en: 'Please sign in.', cs: 'Přihlaste se, prosím.' },
  forbidden: { status: 403, en: 'Your account may not do this.', cs: 'Váš účet to nemůže udělat.' },
  not_found: {
    status: 404,
    en: 'There is nothing here. It may have been deleted.',
    cs: 'Tady nic není. Možná to bylo smazáno.',
  },
  edit_conflict: {
    status: 412,
    en: 'Someone changed this in the meantime. Reload it and try again; your text is still here.',
    cs: 'Mezitím to někdo změnil. Načtěte to znovu a zkuste to ještě jednou; váš text tu zůstal.',
  },
  payload_too_large: {
    status: 413,
    en: 'This is too large: at most {limit} are accepted.',
    cs: 'To je příliš velké: nejvýše {limit}.',
  },
  unsupported_media_type: { status: 415, en: 'Send JSON (application/json).', cs: 'Pošlete JSON (application/json).' },
  idempotency_mismatch: {
    status: 422,
    en: 'This Idempotency-Key was used for another request. Use a new key.',
    cs: 'Tento Idempotency-Key už patří jinému požadavku. Použijte nový.',
  },
  precondition_required: {
    status: 428,
    en: 'Send If-Match with the ETag of what you edit.',
    cs: 'Pošlete If-Match s ETagem toho, co upravujete.',
  },
  rate_limited: {
    status: 429,
    en: 'Too many attempts. Try again in {retryAfterSeconds} seconds.',
    cs: 'Příliš mnoho pokusů. Zkuste to znovu za {retryAfterSeconds} s.',
  },
  internal: {
    status: 500,
    en: 'Something broke on our side; nothing of yours is lost. Try again, and tell the operator the number {requestId} if it stays.',
    cs: 'Něco se u nás pokazilo, o nic jste nepřišli. Zkuste to znovu; pokud to trvá, řekněte provozovateli číslo {requestId}.',
  },
  database_away: {
    status: 503,
    en: 'The database of TalkIDE does not answer at the moment. What was saved is safe; try again in {retryAfterSeconds} seconds.',
    cs: 'Databáze TalkIDE teď neodpovídá. Co bylo uloženo, je v bezpečí; zkuste to znovu za {retryAfterSeconds} s.',
  },
  disk_full: {
    status: 507,
    en: 'The disk of TalkIDE is full, so nothing was changed. Try again later; the operator has to make room.',
    cs: 'Disk TalkIDE je plný, takže se nic nezměnilo. Zkuste to později; provozovatel musí uvolnit místo.',
  },
  room_low: {
    status: 507,
    en: 'There is little room left on the disk of TalkIDE, so nothing new is begun. Try again later; the operator has to make room.',
    cs: 'Na disku TalkIDE zbývá málo místa, takže se nic nového nezačíná. Zkuste to později; provozovatel musí uvolnit místo.',
  },
  unavailable: {
    status: 503,
    en: 'TalkIDE is not ready at the moment. Nothing is lost; try again in a few seconds.',
    cs: 'TalkIDE teď není připravené. O nic jste nepřišli, zkuste to za pár vteřin.',
  },
});
