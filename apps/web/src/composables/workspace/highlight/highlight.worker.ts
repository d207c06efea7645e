import { createCssVariablesTheme, createHighlighterCoreSync } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import css from 'shiki/langs/css.mjs';
import html from 'shiki/langs/html.mjs';
import javascript from 'shiki/langs/javascript.mjs';
import json from 'shiki/langs/json.mjs';
import markdown from 'shiki/langs/markdown.mjs';
import shell from 'shiki/langs/shellscript.mjs';
import sql from 'shiki/langs/sql.mjs';
import typescript from 'shiki/langs/typescript.mjs';
import vue from 'shiki/langs/vue.mjs';
import { type HighlightDone, type HighlightJob, plainLines, type Token, type TokenKind } from './tokens';

// The regular expressions of a language compile for up to a second: that is why this is a worker. The WebAssembly engine
// would need 'wasm-unsafe-eval' in the Content-Security-Policy.
const highlighter = createHighlighterCoreSync({
  themes: [createCssVariablesTheme({ name: 'kinds', variablePrefix: '', fontStyle: false })],
  langs: [typescript, javascript, vue, html, css, json, sql, markdown, shell],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

const kinds: Record<string, TokenKind> = {
  'var(token-keyword)': 'keyword',
  'var(token-string)': 'string',
  'var(token-string-expression)': 'string',
  'var(token-comment)': 'comment',
  'var(token-constant)': 'constant',
  'var(token-function)': 'function',
  'var(token-parameter)': 'name',
  'var(token-link)': 'link',
};

function linesOf({ code, language }: HighlightJob): Token[][] {
  if (!highlighter.getLoadedLanguages().includes(language)) return plainLines(code);
  const lines = highlighter.codeToTokensBase(code, { lang: language, theme: 'kinds', tokenizeTimeLimit: 0 });
  return lines.map((line) => line.map(({ content, color }) => ({ text: content, kind: kinds[color ?? ''] ?? null })));
}

addEventListener('message', ({ data }: MessageEvent<HighlightJob>) => {
  const done: HighlightDone = { id: data.id, lines: linesOf(data) };
  postMessage(done);
});
