/** What stands at `to` for the programs of other systems' sandboxes, and where this host has it. */
export type Shown = { to: string; from: string };

// A path begins and ends where no character of a name, a path or a host stands beside it.
const before = '(?<![\\w.\\-/\\]]|%2F)';
const after = '(?![\\w.\\-@+~])';
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\%-]/g, '\\$&');

/**
 * Puts host paths in place of the paths inside that a text names: whole ones, or with more behind a slash, the longest
 * first. In URLs' queries too, where slashes are encoded.
 */
export function toHostPaths(text: string, shown: readonly Shown[]): string {
  const found = new Map(
    shown.flatMap(({ to, from }) => [[to, from] as const, [encodeURIComponent(to), encodeURIComponent(from)]]),
  );
  const longestFirst = [...found.keys()].sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return text;
  const paths = new RegExp(`${before}(?:${longestFirst.map(literally).join('|')})${after}`, 'g');
  return text.replace(paths, (path) => found.get(path) ?? path);
}

export type Said = { argv: readonly string[]; env: Readonly<Record<string, string>>; cwd: string };

/** The command, environment and working directory of a program, as this host has them. */
export function saidOnHost({ argv, env, cwd }: Said, shown: readonly Shown[]): Said {
  // Node takes its options apart at spaces.
  const quoted = shown.map(({ to, from }) => ({ to, from: from.includes(' ') ? `"${from}"` : from }));
  return {
    argv: argv.map((word) => toHostPaths(word, shown)),
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, toHostPaths(value, name === 'NODE_OPTIONS' ? quoted : shown)]),
    ),
    cwd: toHostPaths(cwd, shown),
  };
}
