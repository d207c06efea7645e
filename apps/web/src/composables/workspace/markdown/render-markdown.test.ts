import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './render-markdown';

const html = (source: string) =>
  renderMarkdown(source)
    .map((part) => (part.kind === 'html' ? part.html : ''))
    .join('');

describe('renderMarkdown', () => {
  it('keeps code blocks apart with their language, also while they are being written', () => {
    expect(renderMarkdown('a\n\n```ts\nconst x = 1;\n```\n\nb').map((part) => part.kind)).toEqual([
      'html',
      'code',
      'html',
    ]);
    expect(renderMarkdown('```vue\n<p>')).toEqual([{ kind: 'code', code: '<p>', language: 'vue' }]);
  });

  it('opens links elsewhere', () => {
    expect(html('[a](https://example.com)')).toContain('rel="noopener noreferrer"');
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '![a](https://example.com/x.png)',
    '[a](javascript:alert(1))',
    '| a |\n|:-:|\n| b |',
    '<p style="color:red">a</p>',
  ])('lets nothing through that runs, loads or styles: %j', (source) => {
    const box = document.createElement('div');
    box.innerHTML = html(source);
    expect(box.querySelector('script, img, style, [style], [onerror]')).toBeNull();
    expect([...box.querySelectorAll('a')].filter((a) => a.href.startsWith('javascript'))).toEqual([]);
  });
});
