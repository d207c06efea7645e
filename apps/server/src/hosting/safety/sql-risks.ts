import type { MigrationRisk } from '@talkide/contracts';

/** What a statement may cost, found by its words. Told to a person, so a false alarm is better than a silence. */
const SIGNS: Record<MigrationRisk, RegExp> = {
  DROPS:
    /\bdrop\s+(?!(?:default|not|index|trigger|policy|function|procedure|expression|identity|constraint|rule|if\s+exists\s*;)\b)/,
  DELETES: /\bdelete\s+from\b|\btruncate\b/,
  OVERWRITES: /\bupdate\s+(?:only\s+)?(?!set\b)[^\s;]+(?:\s+(?:as\s+)?\w+)?\s+set\b/,
  CHANGES_TYPE: /\balter\s+(?:column\s+)?[^\s;]+\s+(?:set\s+data\s+)?type\b/,
  RENAMES: /\brename\s+(?:(?:column|constraint|attribute|value)\s+)?(?:[^\s;]+\s+)?to\b/,
  NOT_TRANSACTIONAL: /(?:^|;)\s*(?:commit|rollback|abort|vacuum|prepare\s+transaction)\b|\bconcurrently\b/,
};

export function risksOf(sql: string): MigrationRisk[] {
  const code = withoutTexts(sql).toLowerCase();
  return (Object.keys(SIGNS) as MigrationRisk[]).filter((risk) => SIGNS[risk].test(code));
}

/** In this order: comments of a line, nested ones, strings with and without backslashes, names in quotes. */
const TOKENS = /--[^\n]*|\/\*|e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\w*\$/giy;

/** SQL without comments and texts; names in quotes become one word. Bodies between dollars stay: they are run. */
export function withoutTexts(sql: string): string {
  let code = '';
  let at = 0;
  while (at < sql.length) {
    TOKENS.lastIndex = at;
    const token = startsToken(sql, at) ? TOKENS.exec(sql)?.[0] : undefined;
    if (token === undefined) {
      code += sql[at];
      at += 1;
    } else if (token === '/*') {
      code += ' ';
      at = endOfComment(sql, at);
    } else {
      code += token.startsWith('"') ? 'name' : ' ';
      at += token.length;
    }
  }
  return code;
}

const startsToken = (sql: string, at: number) => {
  const char = sql.charAt(at);
  // An e begins a string only where no word is under way.
  if (char === 'e' || char === 'E') return sql[at + 1] === "'" && !/\w/.test(sql[at - 1] ?? '');
  return `-/'"$`.includes(char);
};

function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at += 1) {
    const two = sql.slice(at, at + 2);
    if (two === '/*') depth += 1;
    else if (two === '*/') depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}
