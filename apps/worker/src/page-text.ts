/** Elements whose content nobody reads. */
const UNSEEN = /^(script|style|template|svg|noscript|iframe|object)$/;
const BLOCKS =
  /^\/?(p|div|li|ul|ol|h[1-6]|br|tr|table|section|article|header|footer|main|nav|form|label|button|option)$/;
const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };

const decode = (text: string) => text.replace(/&(#?\w{1,6});/g, (whole, name: string) => SIGNS[name] ?? whole);
const squeeze = (text: string) =>
  decode(text)
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');

/**
 * The title and the words of a page before its scripts run, roughly as a person would read them. Goes through it once,
 * tag by tag: the page may be made to be slow to read.
 */
export function pageText(html: string): { title: string; text: string } {
  let title = '';
  let text = '';
  let unseen: string | null = null;
  let inTitle = false;
  const [first = '', ...rest] = html.replace(/\r?\n/g, ' ').split('<');
  if (first.trim() !== '') text += first;
  for (const piece of rest) {
    const end = piece.indexOf('>');
    const tag = /^\/?[a-z][a-z0-9-]*/i.exec(piece)?.[0].toLowerCase() ?? '';
    const words = end < 0 ? '' : piece.slice(end + 1);
    if (unseen !== null && tag !== `/${unseen}`) continue;
    unseen = UNSEEN.test(tag) && piece[end - 1] !== '/' ? tag : null;
    if (unseen !== null) continue;
    if (tag === 'title' || tag === '/title') inTitle = tag === 'title';
    if (inTitle) title += words;
    else text += BLOCKS.test(tag) ? `\n${words}` : words;
  }
  return { title: squeeze(title).replaceAll('\n', ' '), text: squeeze(text) };
}
