// Makes a picture of every state in both themes: `npm run pictures [-- FOLDER [STATE…]]`.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launch, serve, show, stateNames } from './browser.mjs';

const [folder = 'pictures', ...wanted] = process.argv.slice(2);
const size = { width: Number(process.env.WIDTH ?? 1120), height: Number(process.env.HEIGHT ?? 760) };
const themes = process.env.THEMES?.split(',') ?? ['light', 'dark'];
const out = resolve(folder);
await mkdir(out, { recursive: true });

const server = await serve();
const browser = await launch();
try {
  const names = wanted.length > 0 ? wanted : await stateNames();
  for (const colorScheme of themes) {
    const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
    for (const name of names) {
      await show(page, server.url, name);
      if (process.env.TEXT) {
        const session = await context.newCDPSession(page);
        await session.send('Page.setFontSizes', { fontSizes: { standard: Number(process.env.TEXT) } });
        await page.waitForTimeout(50);
      }
      await page.screenshot({ path: join(out, `${name}-${colorScheme}.png`) });
    }
    await context.close();
  }
  console.log(`${names.length} states in ${themes.join(' and ')}: ${out}`);
} finally {
  await browser.close();
  await server.close();
}
