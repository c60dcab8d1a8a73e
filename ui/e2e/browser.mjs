import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { preview, runnerImport } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Debian's browser; CHROMIUM names another. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Serves the built fake UI with the real window's content security policy. */
export async function serve() {
  const server = await preview({
    root: ROOT,
    mode: 'fake',
    logLevel: 'error',
    preview: { port: 0, strictPort: false, open: false },
    build: { outDir: 'dist-fake' },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('the preview server gave no address');
  return { url, close: () => server.close() };
}

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}

/** The names of all states, from the fake itself. */
export async function stateNames() {
  const { module } = await runnerImport(`${ROOT}src/lib/backend/fake/scenarios.ts`);
  return module.SCENARIO_NAMES;
}

/** Opens a state and waits until it is drawn. */
export async function show(page, url, state) {
  await page.goto(state ? `${url}?state=${state}` : url);
  await page.waitForFunction(() => '__fake' in window);
  // A state that holds a call for ever never settles: what it shows is there once progress is drawn.
  await page.evaluate(() =>
    Promise.race([window.__fake.arranged, new Promise((done) => setTimeout(done, 250))]),
  );
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(state ? 100 : 0);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
