const PAGE = { width: 1280, height: 800 };
const PICTURE = { width: 640, height: 400 };
const XHTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';
/** Shows at once what animations end with: a picture has no time. */
const STILL =
  '*,*::before,*::after{animation-delay:0s!important;animation-duration:0s!important;animation-iteration-count:1!important;animation-fill-mode:both!important;transition:none!important}';

/**
 * Draws the page as it stands, from its top, into a small picture, without help from outside: its elements, its styles
 * and whatever they show become one SVG. Null where the browser cannot do that.
 */
export async function takeSnapshot(): Promise<ArrayBuffer | null> {
  const image = new Image(PAGE.width, PAGE.height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await pageAsSvg())}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), PICTURE);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.fillStyle = 'white';
  context.fillRect(0, 0, PICTURE.width, PICTURE.height);
  context.drawImage(image, 0, 0, PICTURE.width, PICTURE.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', 0.8));
  return blob ? blob.arrayBuffer() : null;
}

async function pageAsSvg(): Promise<string> {
  // A document without a window: nothing loads or runs in it.
  const page = document.implementation.createHTMLDocument('').importNode(document.documentElement, true);
  for (const element of page.querySelectorAll('script, noscript, link, style, template, iframe, object, embed')) {
    element.remove();
  }
  await embedPictures(page);
  const root = getComputedStyle(document.documentElement);
  const dark = root.colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches;
  page.style.cssText += `;display:block;height:${PAGE.height}px;overflow:hidden;color-scheme:${dark ? 'dark' : 'light'}`;
  const style = document.createElementNS(XHTML, 'style');
  style.textContent = `${await styles()}${STILL}`;
  page.prepend(style);

  const svg = document.createElementNS(SVG, 'svg');
  const frame = document.createElementNS(SVG, 'foreignObject');
  for (const box of [svg, frame]) {
    box.setAttribute('width', String(PAGE.width));
    box.setAttribute('height', String(PAGE.height));
  }
  // The unit rem belongs to the outermost element, which now is this one.
  svg.style.fontSize = root.fontSize;
  frame.append(page);
  svg.append(frame);
  // XML cannot hold most control characters.
  return new XMLSerializer().serializeToString(svg).replace(/[^\P{Cc}\t\n\r]/gu, '');
}

/** All rules of the page's own style sheets in one text. */
async function styles(): Promise<string> {
  const texts = [...document.styleSheets, ...document.adoptedStyleSheets].map(async (sheet) => {
    const rules = sheet.disabled ? [] : readRules(sheet).filter(isUsed);
    const css = rules.map((rule) => rule.cssText.replaceAll(':root', 'html')).join('\n');
    const embedded = await embedUrls(css, sheet.href ?? document.baseURI);
    return sheet.media.length > 0 ? `@media ${sheet.media.mediaText}{${embedded}}` : embedded;
  });
  return (await Promise.all(texts)).join('\n');
}

function readRules(sheet: CSSStyleSheet): CSSRule[] {
  try {
    return [...sheet.cssRules];
  } catch {
    // A sheet of another origin cannot be read.
    return [];
  }
}

/** Leaves out the typefaces that the page did not need so far. */
function isUsed(rule: CSSRule): boolean {
  if (!(rule instanceof CSSFontFaceRule)) return true;
  const plain = (name: string) => name.replaceAll(/["']/g, '');
  const family = plain(rule.style.getPropertyValue('font-family'));
  const range = rule.style.getPropertyValue('unicode-range').replaceAll(' ', '').toLowerCase();
  return [...document.fonts].some(
    (face) =>
      face.status === 'loaded' &&
      plain(face.family) === family &&
      (range === '' || face.unicodeRange.replaceAll(' ', '').toLowerCase() === range),
  );
}

async function embedPictures(page: HTMLElement): Promise<void> {
  for (const source of page.querySelectorAll('source')) source.remove();
  const images = [...page.querySelectorAll('img')].map(async (image) => {
    image.removeAttribute('srcset');
    image.setAttribute('src', await asDataUrl(image.getAttribute('src') ?? '', document.baseURI));
  });
  const styled = [...page.querySelectorAll<HTMLElement>('[style*="url("]')].map(async (element) => {
    element.setAttribute('style', await embedUrls(element.getAttribute('style') ?? '', document.baseURI));
  });
  await Promise.all([...images, ...styled]);
}

async function embedUrls(css: string, base: string): Promise<string> {
  const pattern = /url\((?:"([^"]*)"|'([^']*)'|([^"')]*))\)/g;
  const found = [...css.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const embedded = await Promise.all(found.map((address) => asDataUrl(address, base)));
  return css.replaceAll(pattern, () => `url("${embedded.shift() ?? ''}")`);
}

/** What lies at an address, as an address that holds it; an empty one for what cannot be had. */
async function asDataUrl(address: string, base: string): Promise<string> {
  const { href, protocol, origin } = new URL(address, base);
  if (protocol === 'data:') return address;
  if (origin !== location.origin) return 'data:,';
  const blob = await fetch(href).then(
    (answer) => (answer.ok ? answer.blob() : null),
    () => null,
  );
  if (!blob) return 'data:,';
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => resolve('data:,');
    reader.readAsDataURL(blob);
  });
}
