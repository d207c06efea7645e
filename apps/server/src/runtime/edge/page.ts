import { createHash } from 'node:crypto';
import { type PageKind, type PageLocale, pageStatus, pageTexts, retryAfter } from './page-texts.ts';

export type Page = { status: number; headers: Record<string, string>; body: string };

const style = `
:root{color-scheme:light dark;--bg:oklch(0.975 0.006 85);--card:oklch(1 0 0);--ink:oklch(0.27 0.02 70);--soft:oklch(0.48 0.02 70);--accent:oklch(0.72 0.14 70)}
@media(prefers-color-scheme:dark){:root{--bg:oklch(0.19 0.01 70);--card:oklch(0.235 0.012 70);--ink:oklch(0.94 0.01 85);--soft:oklch(0.75 0.015 85)}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--bg);color:var(--ink);font:17px/1.6 ui-sans-serif,system-ui,"Segoe UI",sans-serif}
main{max-width:30rem;padding:44px 40px;background:var(--card);border-radius:20px;box-shadow:0 1px 2px oklch(0 0 0/.05),0 16px 48px oklch(0 0 0/.09)}
svg{display:block;width:44px;height:44px;margin-bottom:24px;color:var(--accent)}
h1{margin:0 0 10px;font-size:1.75rem;line-height:1.2;letter-spacing:-.02em;font-weight:650}
p{margin:0 0 8px}
p.hint{color:var(--soft);font-size:.95rem}
`;

const drawing =
  '<svg viewBox="8 8 42 42" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" aria-hidden="true"><path d="M10 40V20a8 8 0 0 1 8-8h20a8 8 0 0 1 8 8v12a8 8 0 0 1-8 8H22l-8 7z"/><path d="M21 27h.01M28 27h.01M35 27h.01" stroke-width="5"/></svg>';

const styleHash = createHash('sha256').update(style).digest('base64');

/** The locale of a visitor: the first of the languages we have, in the order they prefer. */
export function visitorLocale(acceptLanguage: string | undefined): PageLocale {
  const wanted = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', q] = part.trim().split(/;\s*q=/);
    return { language: tag.slice(0, 2).toLowerCase(), weight: q === undefined ? 1 : Number(q) || 0 };
  });
  wanted.sort((a, b) => b.weight - a.weight);
  return wanted.find(({ language }) => language === 'cs' || language === 'en')?.language === 'cs' ? 'cs' : 'en';
}

/** Pages that ask again by themselves. */
const triesAgain: ReadonlySet<PageKind> = new Set(['tooSlow', 'away']);

function html(kind: PageKind, locale: PageLocale): string {
  const { title, text, hint } = pageTexts[locale][kind];
  const refresh = triesAgain.has(kind) ? `<meta http-equiv="refresh" content="${retryAfter[kind]}">` : '';
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">${refresh}<title>${title}</title><style>${style}</style></head><body><main>${drawing}<h1>${title}</h1><p>${text}</p><p class="hint">${hint}</p></main></body></html>`;
}

function problem(kind: PageKind, locale: PageLocale): string {
  const { title, text } = pageTexts[locale][kind];
  return JSON.stringify({ type: 'about:blank', status: pageStatus[kind], code: `app_${kind}`, title, detail: text });
}

/** The answer to a visitor whom the app can't answer: a page for browsers, problem details for programs. */
export function page(kind: PageKind, asked: { accept?: string; language?: string }): Page {
  const locale = visitorLocale(asked.language);
  const asHtml = (asked.accept ?? '').includes('text/html');
  const seconds = retryAfter[kind];
  return {
    status: pageStatus[kind],
    headers: {
      'Content-Type': asHtml ? 'text/html; charset=utf-8' : 'application/problem+json',
      'Content-Language': locale,
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'`,
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept, Accept-Language',
      ...(seconds === undefined ? {} : { 'Retry-After': String(seconds) }),
    },
    body: asHtml ? html(kind, locale) : problem(kind, locale),
  };
}
