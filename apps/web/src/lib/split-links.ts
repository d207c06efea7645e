export interface TextPart {
  text: string;
  /** Where it leads, when it is an address. */
  href?: string;
}

/** Plain text in pieces, with http addresses apart, so that they can be shown as links. */
export function splitLinks(text: string): TextPart[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/)
    .filter((part) => part !== '')
    .map((part) => (/^https?:\/\//.test(part) ? { text: part, href: part } : { text: part }));
}
