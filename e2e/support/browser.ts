/// <reference lib="dom" />
/// <reference lib="dom.asynciterable" />
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const WAIT_MS = 30_000;

/** Debian's Chromium; missing is a failure that says what to install. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => existsSync(path));
  if (!executablePath) throw new Error('The browser tests need Chromium: apt-get install chromium');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Visit {
  page: Page;
  /** What the browser complained about: errors of scripts, refused by the content security policy, … */
  complaints: string[];
}

/** A page of a fresh visitor that gathers every complaint of the browser. */
export async function openPage(
  browser: Browser,
  options: { baseURL: string; width?: number; locale?: string; dark?: boolean },
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: options.baseURL,
    viewport: { width: options.width ?? 1440, height: 900 },
    locale: options.locale ?? 'en-GB',
    colorScheme: options.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A status that a page asks about and handles (is this visitor signed in?) is no complaint.
    if (message.type() === 'error' && !/Failed to load resource.*(401|404)/.test(message.text()))
      complaints.push(message.text());
  });
  return { page, complaints };
}

/** WCAG 2.2 A and AA rules that the page as it stands breaks, each with its first place. */
export async function axe(page: Page): Promise<string[]> {
  // The page's policy refuses scripts of others; evaluate() is the debugger's and is not a script of the page.
  await page.evaluate(AxeBuilder.source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      iframes: false,
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
  });
}

/** Keeps a picture for a person to look at when `SHOTS` names a folder. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
