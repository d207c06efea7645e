import { describe, expect, it } from 'vitest';
import { pageText } from './page-text.ts';

describe('the words of a page', () => {
  it('are its title and what a person reads', () => {
    const page = `<!doctype html><html><head><title>Guest
      book</title><style>p { color: red }</style><script>const a = '<p>no</p>';</script></head>
      <body><h1>Guests &amp; friends</h1><p>Say <b>hello</b>.</p><svg><text>drawn</text></svg>
      <ul><li>One<li>Two</ul><input value="x"/><script src="/a.js"></script><noscript>Turn it on</noscript></body></html>`;
    expect(pageText(page)).toEqual({ title: 'Guest book', text: 'Guests & friends\nSay hello.\nOne\nTwo' });
  });

  it('may be none', () => {
    expect(pageText('')).toEqual({ title: '', text: '' });
    expect(pageText('<div id="app"></div>')).toEqual({ title: '', text: '' });
    expect(pageText('no tags, 1 < 2')).toMatchObject({ text: expect.stringContaining('no tags') });
  });

  it('are read in one go, however the page was made', () => {
    for (const piece of ['<', '<script', '<script>', '<!--', '&', '<title>', '<p '])
      expect(pageText(piece.repeat(64_000)).title).not.toContain('>');
  });
});
