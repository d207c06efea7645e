const MAX_DEPTH = 40;

/** True for a plain relative path inside a tree: no `..`, no empty part, nothing of git's, no control characters. */
export function isTreePath(path: string): boolean {
  const parts = path.split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (path.length > 1000 || parts.length > MAX_DEPTH || /[\u0000-\u001f\u007f\\]/.test(path)) return false;
  return parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && Buffer.byteLength(part) <= 255 && !isGits(part),
  );
}

/** `.git` in the spellings that case-insensitive file systems take for it. */
function isGits(part: string): boolean {
  return /^(\.git|git~\d+)[ .]*$/i.test(part.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, ''));
}

/** Paths that versions never hold although they may stand in a tree: written by tools, not by people. */
export const isWritable = (path: string): boolean => isTreePath(path) && path.split('/')[0] !== 'node_modules';
