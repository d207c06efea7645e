import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { languageOf } from '../code/language-of';

export type MarkdownPart = { kind: 'html'; html: string } | { kind: 'code'; code: string; language: string };

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false });
markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index]?.attrSet('target', '_blank');
  tokens[index]?.attrSet('rel', 'noopener noreferrer');
  return self.renderToken(tokens, index, options);
};
// Pictures in a message could tell a stranger's server who reads it.
markdown.renderer.rules.image = (tokens, index) => markdown.utils.escapeHtml(tokens[index]?.content ?? '');

// No style attributes: the Content-Security-Policy refuses them.
const clean = (html: string): string =>
  DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_ATTR: ['style', 'class', 'id'],
    FORBID_TAGS: ['style', 'form', 'img'],
    ADD_ATTR: ['target'],
  });

/** Markdown as safe HTML, with its code blocks apart so that they can be coloured. */
export function renderMarkdown(source: string): MarkdownPart[] {
  const env = {};
  const tokens = markdown.parse(source, env);
  const parts: MarkdownPart[] = [];
  let from = 0;
  const flush = (to: number) => {
    const html = clean(markdown.renderer.render(tokens.slice(from, to), markdown.options, env));
    if (html.trim() !== '') parts.push({ kind: 'html', html });
  };
  for (const [index, token] of tokens.entries()) {
    if (token.level !== 0 || (token.type !== 'fence' && token.type !== 'code_block')) continue;
    flush(index);
    from = index + 1;
    const name = token.info.trim().split(/\s+/)[0] ?? '';
    parts.push({ kind: 'code', code: token.content.replace(/\n$/, ''), language: languageOf(name) });
  }
  flush(tokens.length);
  return parts;
}
