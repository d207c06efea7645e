/** A piece of a line of code: its text and what it is. */
export interface Token {
  text: string;
  kind: TokenKind | null;
}

export type TokenKind = 'keyword' | 'string' | 'comment' | 'constant' | 'function' | 'name' | 'link';

export interface HighlightJob {
  id: number;
  code: string;
  language: string;
}
export interface HighlightDone {
  id: number;
  lines: Token[][];
}

/** Code without colours. */
export const plainLines = (code: string): Token[][] => code.split('\n').map((text) => [{ text, kind: null }]);
