import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { stateNames } from './browser.mjs';
import { setTextSize, SMALL, useBrowser, withPage } from './setup';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const STATES = await stateNames();
/** The states in parts, so that none takes too long for one test on a busy machine. */
const PARTS = Array.from({ length: Math.ceil(STATES.length / 25) }, (_, part) =>
  STATES.slice(part * 25, part * 25 + 25),
).map((states) => ({ states, part: `${states[0]} to ${states.at(-1)}` }));

useBrowser();

interface Violation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, so that the page's content security policy stays as it is.
  await page.evaluate(AXE);
  const found = await page.evaluate(
    (tags) =>
      (
        window as unknown as {
          axe: { run: (where: Document, how: object) => Promise<{ violations: Violation[] }> };
        }
      ).axe
        .run(document, { runOnly: tags })
        .then((result) => result.violations),
    TAGS,
  );
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`,
  );
}

const THEMES = ['light', 'dark'] as const;

/** What axe-core finds in each theme. */
async function inBothThemes(page: Page, name: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    const wrong = await violations(page);
    if (wrong.length > 0) found[`${name}, ${colorScheme}`] = wrong;
  }
  return found;
}

describe('axe-core', () => {
  it.each(PARTS)('finds nothing in any state, in either theme: $part', async ({ states }) => {
    await withPage({}, async (page, open) => {
      const found = {};
      for (const state of states) {
        await open(state);
        Object.assign(found, await inBothThemes(page, state));
      }
      expect(found).toEqual({});
    });
  });

  it('finds nothing in what is opened on top', async () => {
    await withPage({}, async (page, open) => {
      await open('plugin-recents');
      await page.getByRole('button', { name: 'Forget all…' }).click();
      expect(await inBothThemes(page, 'a question')).toEqual({});
      await open('revoke');
      await page.getByRole('button', { name: 'Revoke myorg-prod…' }).click();
      expect(await inBothThemes(page, 'a question before revoking')).toEqual({});
      await open('keys-rotating');
      for (const summary of await page.locator('main summary').all()) await summary.click();
      await page.getByRole('button', { name: 'Open myorg.virustotal' }).waitFor();
      expect(await inBothThemes(page, 'everything of two keys')).toEqual({});
      await open('plugin-clean');
      await page.getByText('All of it, as it is signed').click();
      await page.getByRole('grid').focus();
      await page.keyboard.press('ArrowDown');
      expect(await inBothThemes(page, 'a file and the manifest')).toEqual({});
    });
  });
});

it('axe-core does find what is wrong', async () => {
  await withPage({}, async (page, open) => {
    await open('plugin-clean');
    await page.evaluate(() => document.querySelector('h1')?.insertAdjacentHTML('afterend', '<input>'));
    expect((await violations(page)).join()).toContain('label');
  });
});

/** An element that Tab reaches, and where on the page it begins. */
interface Stop {
  name: string;
  part: string;
  x: number;
  y: number;
}

/** What is off, for every element that Tab reaches: hidden, covered, without a ring, too small. */
async function tabThrough(page: Page): Promise<{ order: Stop[]; wrong: string[] }> {
  const order: Stop[] = [];
  const wrong: string[] = [];
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const first = element.dataset['reached'] === undefined;
      element.dataset['reached'] = '';
      const box = element.getBoundingClientRect();
      // A tall region is in sight when some of it is; a control has to be whole.
      const points: [number, number][] = [
        [box.left + box.width / 2, Math.min(box.top + 4, window.innerHeight)],
        [box.left + box.width / 2, box.height > 120 ? box.top + 4 : box.bottom - 4],
      ];
      const covered = points.some(([x, y]) => {
        const top = document.elementFromPoint(x, y);
        return (
          top === null ||
          !(element.contains(top) || top.contains(element) || top.closest('label')?.contains(element))
        );
      });
      const style = getComputedStyle(element);
      const label = element.closest('label')?.getBoundingClientRect();
      return {
        first,
        name:
          element.getAttribute('aria-label') ??
          (element.textContent?.trim() || element.id || element.tagName),
        covered,
        part: element.closest('nav, footer, main')?.tagName ?? '',
        x: box.left,
        y: box.top + window.scrollY,
        ring: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
        small:
          Math.min(label?.width ?? box.width, label?.height ?? box.height) < 24 ||
          (label?.height ?? box.height) < 24,
      };
    });
    // After the last element Tab may leave the page before it comes in again at its start.
    if (seen === null) continue;
    if (!seen.first) break;
    const name = seen.name.replace(/\s+/g, ' ').slice(0, 60);
    order.push({ name, part: seen.part, x: seen.x, y: seen.y });
    if (seen.covered) wrong.push(`${name}: hidden`);
    if (!seen.ring) wrong.push(`${name}: no ring`);
    if (seen.small) wrong.push(`${name}: smaller than 24 px`);
  }
  // Focus began at the headline, in the middle of the page.
  const start = Math.max(
    order.findIndex(({ part }) => part === 'NAV'),
    0,
  );
  return { order: [...order.slice(start), ...order.slice(0, start)], wrong };
}

it.each(PARTS)('in the smallest window focus is never hidden, always ringed, on targets of 24 px: $part', async ({ states }) => {
  await withPage({ viewport: SMALL }, async (page, open) => {
    const found: Record<string, string[]> = {};
    // While a folder is held over the window, nothing else can be done.
    for (const state of states.filter((name) => name !== 'drop-target')) {
      await open(state);
      const { order, wrong } = await tabThrough(page);
      if (wrong.length > 0) found[state] = wrong;
      // A modal keeps focus among its own few.
      const few = (await page.locator('dialog[open]').count()) > 0;
      if (!state.startsWith('start')) expect(order.length, state).toBeGreaterThan(few ? 1 : 5);
    }
    expect(found).toEqual({});
  });
});

it('focus goes in the order of reading', async () => {
  await withPage({ viewport: { width: 1120, height: 1400 } }, async (page, open) => {
    for (const state of ['plugin-clean', 'plugin-recents', 'keyring-absent', 'entry-missing', 'hand-over']) {
      await open(state);
      const { order } = await tabThrough(page);
      const parts = order.map(({ part }) => part).filter((part, index, all) => part !== all[index - 1]);
      expect(parts, state).toEqual(['NAV', 'MAIN', 'FOOTER']);
      // Within a part: down, or to the right.
      const back = order.filter((stop, index) => {
        const before = order[index - 1];
        return before?.part === stop.part && stop.y < before.y - 8 && stop.x < before.x + 40;
      });
      expect(back, state).toEqual([]);
    }
  });
});

it.each(PARTS)('text of twice the size neither scrolls sideways nor is clipped: $part', async ({ states }) => {
  // The reader's own text size, and a zoom of 200 %, which halves the window in its own pixels.
  const ways = [
    { way: 'text size', viewport: SMALL, size: 32 },
    { way: 'zoom', viewport: { width: 440, height: 300 }, size: 16 },
  ];
  await withPage({ viewport: SMALL }, async (page, open) => {
    const found: Record<string, string[]> = {};
    for (const state of states) {
      await open(state);
      for (const { way, viewport, size } of ways) {
        await page.setViewportSize(viewport);
        await setTextSize(page, size);
        const wrong = await page.evaluate(clipped, size * 0.875);
        if (wrong.length > 0) found[`${state}, ${way}`] = wrong;
      }
    }
    expect(found).toEqual({});
  });
});

/** Runs in the page: what is beyond its edge or cut, with a root text size of so many pixels. */
function clipped(expected: number): string[] {
  const out: string[] = [];
  const root = document.documentElement;
  if (Math.abs(Number.parseFloat(getComputedStyle(root).fontSize) - expected) > 0.1)
    out.push('the size was not set');
  if (root.scrollWidth > window.innerWidth) out.push(`${root.scrollWidth} wide`);
  // Paths in the table, the plugin's name beside the tasks and the preview's texts shorten on purpose: all are whole elsewhere.
  const may = '.sr-only, .sr-only *, .rows *, svg *, .plugin p, .plugin p *, .market .clamp, .market .clamp *';
  for (const element of document.querySelectorAll<HTMLElement>('#app *')) {
    if (element.matches(may)) continue;
    const box = element.getBoundingClientRect();
    const what = element.outerHTML.slice(0, 90);
    if (box.width > 0 && box.right > window.innerWidth + 1) out.push(`beyond the edge: ${what}`);
    const style = getComputedStyle(element);
    const cuts = [style.overflowX, style.overflowY].some(
      (overflow) => overflow === 'hidden' || overflow === 'clip',
    );
    const over =
      element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    if (cuts && over && style.display !== 'inline') out.push(`clipped: ${what}`);
  }
  return out;
}
