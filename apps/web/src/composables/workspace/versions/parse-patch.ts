export interface PatchLine {
  kind: 'same' | 'added' | 'removed';
  /** Line numbers, from 1; null on the side where the line is not. */
  before: number | null;
  after: number | null;
  text: string;
}
export interface PatchHunk {
  before: number;
  after: number;
  /** Where it is, as git says: the function or rule around it. */
  context: string;
  lines: PatchLine[];
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** The hunks of a unified diff of one file. What stands before the first hunk is left out. */
export function parsePatch(patch: string): PatchHunk[] {
  const hunks: PatchHunk[] = [];
  let before = 0;
  let after = 0;
  const lines = patch.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const head = HUNK.exec(line);
    if (head) {
      before = Number(head[1]);
      after = Number(head[2]);
      hunks.push({ before, after, context: head[3] ?? '', lines: [] });
      continue;
    }
    const hunk = hunks.at(-1);
    const text = line.slice(1);
    if (!hunk || line.startsWith('\\')) continue;
    if (line.startsWith('+')) hunk.lines.push({ kind: 'added', before: null, after: after++, text });
    else if (line.startsWith('-')) hunk.lines.push({ kind: 'removed', before: before++, after: null, text });
    else hunk.lines.push({ kind: 'same', before: before++, after: after++, text });
  }
  return hunks;
}
