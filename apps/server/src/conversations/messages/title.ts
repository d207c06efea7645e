const MAX = 60;

/** The title of a conversation from its first message: its first line, at most 60 characters, cut at a word. */
export function titleFrom(message: string): string {
  const line = message.trim().split('\n', 1)[0]?.replace(/\s+/g, ' ').trim() ?? '';
  const characters = [...line];
  if (characters.length <= MAX) return line;
  const head = characters.slice(0, MAX - 1).join('');
  const atWord = head.slice(0, head.lastIndexOf(' '));
  // A single long word is cut where it stands.
  return `${(atWord.length >= MAX / 3 ? atWord : head).replace(/[\s,;:.–-]+$/, '')}…`;
}
