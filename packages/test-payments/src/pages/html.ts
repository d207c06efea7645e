import type { Language } from './words.ts';

/** Markup that may stand in a page as it is. */
export interface Html {
  readonly markup: string;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

type Hole = string | number | Html | readonly Html[] | null;
const fill = (hole: Hole): string => {
  if (hole === null) return '';
  if (typeof hole === 'string' || typeof hole === 'number') return escapeText(String(hole));
  return 'markup' in hole ? hole.markup : hole.map((one) => one.markup).join('');
};

/** Markup with holes; texts in them are escaped. */
export const html = (parts: TemplateStringsArray, ...holes: Hole[]): Html => ({
  markup: parts.reduce((text, part, at) => text + fill(holes[at - 1] ?? null) + part),
});

export interface PageFrame {
  language: Language;
  theme: 'light' | 'dark' | null;
  title: string;
  body: Html;
}

export const layOut = ({ language, theme, title, body }: PageFrame): string =>
  `<!doctype html>\n${
    html`<html lang="${language}"${theme === null ? null : html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="/test-payments/style.css">
</head>
<body>
<main>${body}</main>
</body>
</html>
`.markup
  }`;
