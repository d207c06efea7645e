import type { Language } from './words.ts';

/** A request of a browser for one of the provider's pages. */
export interface PageRequest {
  method: string;
  /** Path with the query. */
  url: string;
  /** Form-encoded; empty where there is none. */
  body: string;
  acceptLanguage: string | undefined;
}

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What a page carries along from the address that the platform made. */
export interface Along {
  secret: string;
  /** Where the browser goes afterwards: a path of the platform. */
  returnPath: string;
  language: Language;
  theme: 'light' | 'dark' | null;
}

export function readAlong(params: URLSearchParams, acceptLanguage: string | undefined): Along {
  const lang = params.get('lang');
  const theme = params.get('theme');
  const preferred = /^\s*cs\b/i.test(acceptLanguage ?? '') ? 'cs' : 'en';
  return {
    secret: params.get('secret') ?? '',
    returnPath: safePath(params.get('return')),
    language: lang === 'cs' || lang === 'en' ? lang : preferred,
    theme: theme === 'light' || theme === 'dark' ? theme : null,
  };
}

/** Only a path of the same origin: anything else could send a person to a stranger's page. */
const safePath = (path: string | null): string => (path && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/');

export function alongQuery({ secret, returnPath, language, theme }: Along): string {
  return new URLSearchParams({ secret, return: returnPath, lang: language, ...(theme ? { theme } : {}) }).toString();
}
