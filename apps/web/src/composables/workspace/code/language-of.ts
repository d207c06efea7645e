export type Language =
  | 'typescript'
  | 'javascript'
  | 'vue'
  | 'html'
  | 'css'
  | 'json'
  | 'sql'
  | 'markdown'
  | 'shell'
  | 'text';

const byEnding: Record<string, Language> = {
  ts: 'typescript',
  mts: 'typescript',
  typescript: 'typescript',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  javascript: 'javascript',
  vue: 'vue',
  html: 'html',
  svg: 'html',
  xml: 'html',
  css: 'css',
  json: 'json',
  jsonc: 'json',
  sql: 'sql',
  md: 'markdown',
  markdown: 'markdown',
  sh: 'shell',
  bash: 'shell',
  shell: 'shell',
};

/** The language of a file's path, or of the name at a fence of markdown. */
export const languageOf = (name: string): Language =>
  byEnding[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'text';
