/** The `content-disposition` of a file by its name, in whatever letters (RFC 6266, RFC 8187). */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, percent);
  return `${kind}; filename*=UTF-8''${encoded}`;
}

/** What `encodeURIComponent` lets pass and the header does not. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
