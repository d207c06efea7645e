/** A path of the app as typed: "guests" → "/guests"; a whole address loses its origin. */
export function appPath(typed: string): string {
  const text = typed.trim().replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  // Two slashes, or a backslash, would lead to another host.
  return `/${text.replace(/^[/\\]+/, '')}`;
}

/** Address of a path of the app; never leaves the app's origin. */
export const appAddress = (origin: string, path: string): string => new URL(appPath(path), origin).href;

export interface Trail {
  paths: readonly string[];
  at: number;
}
export const startOfTrail: Trail = { paths: ['/'], at: 0 };

/** The trail after the app went to a path; going where one stands changes nothing. */
export function walkTo({ paths, at }: Trail, path: string): Trail {
  if (paths[at] === path) return { paths, at };
  if (paths[at - 1] === path) return { paths, at: at - 1 };
  if (paths[at + 1] === path) return { paths, at: at + 1 };
  return { paths: [...paths.slice(0, at + 1), path].slice(-50), at: Math.min(at + 1, 49) };
}
