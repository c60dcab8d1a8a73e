import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launch, serve, show } from './browser.mjs';

let browser: Browser;
let server: Awaited<ReturnType<typeof serve>>;

/** Starts the server and the browser once for a test file. */
export function useBrowser(): void {
  beforeAll(async () => {
    [server, browser] = await Promise.all([serve(), launch()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
}

export const NORMAL = { width: 1120, height: 760 };
export const SMALL = { width: 880, height: 600 };

/** A page that fails its test on any error in the console, such as one of the content security policy, but those `expected`. */
export async function withPage(
  options: BrowserContextOptions,
  test: (page: Page, open: (state: string | null) => Promise<void>) => Promise<void>,
  expected?: RegExp,
): Promise<void> {
  const context = await browser.newContext({ viewport: NORMAL, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on(
    'console',
    (message) => message.type() === 'error' && !expected?.test(message.text()) && errors.push(message.text()),
  );
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) errors.push(`fetched ${request.url()}`);
  });
  try {
    await test(page, (state) => show(page, server.url, state));
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Sets the reader's own text size; 16 is what browsers start with. */
export async function setTextSize(page: Page, pixels: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: pixels } });
}
