import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CSP } from '../csp';
import type { FakeBackend } from '../src/lib/backend/fake/fake';
import type { PluginView } from '../src/lib/backend/types';
import { stateNames } from './browser.mjs';
import { SMALL, useBrowser, withPage } from './setup';

useBrowser();

describe('what a newcomer met', () => {
  it('a suggested name is not broken over lines', async () => {
    await withPage({ viewport: SMALL }, async (page, open) => {
      await open('key-id-refused');
      const suggestion = page.locator('#key-id-problem code').last();
      expect(await suggestion.textContent()).toBe('mias-key');
      const broken = await suggestion.evaluate((element) => {
        const problem = element.parentElement as HTMLElement;
        const range = document.createRange();
        range.selectNodeContents(element);
        const widths = Array.from({ length: 300 }, (_, index) => 200 + index);
        return widths.filter((width) => {
          problem.style.width = `${width}px`;
          return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size !== 1;
        });
      });
      expect(broken).toEqual([]);
    });
  });

  it('checking again leaves the page where it was', async () => {
    await withPage({ viewport: SMALL }, async (page, open) => {
      await open('plugin-first-try');
      await page.evaluate(() => {
        const { plugins } = (window as unknown as { __fake: { backend: FakeBackend } }).__fake.backend.setup;
        const plugin = plugins['f1'] as PluginView;
        const payload = { digest: '0'.repeat(64), files: [], bytes: 0, manifestJson: '{}' };
        plugins['f1'] = { ...plugin, payload, findings: plugin.findings.slice(-1) };
        window.scrollTo(0, 60);
      });
      await page.keyboard.press('Control+Enter');
      await page.getByRole('button', { name: 'Continue to signing' }).waitFor();
      expect(await page.evaluate(() => window.scrollY)).toBe(60);
    });
  });
});

describe('by keyboard alone', () => {
  it('the whole path can be walked', async () => {
    await withPage({}, async (page, open) => {
      const headline = (words: string | RegExp) =>
        page.getByRole('heading', { level: 1, name: words }).waitFor();
      const tabTo = async (name: string | RegExp) => {
        const wanted =
          typeof name === 'string'
            ? (text: string) => text.includes(name)
            : (text: string) => name.test(text);
        for (let step = 0; step < 60; step += 1) {
          await page.keyboard.press('Tab');
          const text = await page.evaluate(() => {
            const element = document.activeElement as HTMLInputElement | null;
            return `${element?.labels?.[0]?.textContent ?? ''} ${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`;
          });
          if (wanted(text)) return;
        }
        throw new Error(`Tab does not reach ${name}`);
      };
      // No state named: a first run in which things take their time.
      await open(null);
      await headline('Make your publisher key');
      await tabTo('Name of the key');
      await page.keyboard.type('myorg-prod');
      await page.keyboard.press('Enter');
      await headline('Your key myorg-prod is ready to sign');
      await tabTo('Later');
      await page.keyboard.press('Enter');
      await headline('Your publisher key');
      await tabTo('Choose a plugin folder');
      await page.keyboard.press('Enter');
      await headline('Check what will be signed');
      await tabTo('Continue to signing');
      await page.keyboard.press('Space');
      await headline('Sign 7 files and the manifest');
      await tabTo('Sign 7 files');
      await page.keyboard.press('Enter');
      await page.getByRole('progressbar').waitFor();
      await headline(/^Signed/);
      await page.keyboard.press('Control+Enter');
      await headline('Where does the entry go?');
      await tabTo('AiSOC’s own repository');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Control+Enter');
      await page.getByLabel('Install line').waitFor();
      await tabTo('Address of the plugin');
      await page.keyboard.type('https://github.com/myorg/aisoc-virustotal');
      await tabTo('Install line');
      await page.keyboard.type('pip install aisoc-plugin-virustotal');
      await headline('The marketplace entry is complete');
      await page.keyboard.press('Control+Enter');
      await headline('The marketplace entry is saved');
      await page.keyboard.press('Control+5');
      await page.getByRole('button', { name: 'Save myorg-prod.pem…' }).waitFor();
      await page.keyboard.press('Control+Enter');
      await headline('Your part here is done');
    });
  });

  it('Escape closes the topmost thing, and only that', async () => {
    await withPage({}, async (page, open) => {
      await open('plugin-recents');
      const forget = page.getByRole('button', { name: 'Forget all…' });
      await forget.click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await forget.evaluate((element) => element === document.activeElement)).toBe(true);
      expect(await page.getByText('Slack Responder').count()).toBe(1);

      await open('drop-target');
      await page.keyboard.press('Escape');
      await page.getByText('Drop the plugin’s folder to open it').waitFor({ state: 'detached' });

      await open('sign-hashing');
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'Stopped. Nothing was signed' }).waitFor();
    });
  });

  it('shortcuts are told on focus', async () => {
    await withPage({}, async (page, open) => {
      await open('sign-ready');
      await page.getByRole('button', { name: 'Sign 7 files' }).focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      await page.getByText('Ctrl + Enter').waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('Ctrl + Enter').waitFor({ state: 'detached' });
    });
  });
});

describe('progress', () => {
  it('is drawn within 100 ms, with Cancel', async () => {
    await withPage({}, async (page, open) => {
      await open('sign-ready');
      const waited = await page.evaluate(async () => {
        const { backend } = (window as unknown as { __fake: { backend: { setup: { hold: object } } } })
          .__fake;
        backend.setup.hold = { sign: { step: 'hashing', done: 1, total: 3 } };
        const start = performance.now();
        [...document.querySelectorAll('button')]
          .find((button) => button.textContent?.includes('Sign 7 files'))
          ?.click();
        while (!document.querySelector('[role=progressbar]') && performance.now() - start < 1000) {
          await new Promise((done) => requestAnimationFrame(done));
        }
        return performance.now() - start;
      });
      // A frame and a little for a busy machine on top of the promise.
      expect(waited).toBeLessThan(150);
      expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(1);
    });
  });
});

describe('passphrases', () => {
  const LONG = `päss phrase ${'correct horse '.repeat(40)}`;

  it.each([
    ['keyring-absent', ['Passphrase', 'The same passphrase again']],
    ['sign-passphrase', ['Passphrase of myorg-laptop']],
  ])('%s: paste goes in whole, and is shown on request only', async (state, labels) => {
    await withPage({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page, open) => {
      await open(state);
      await page.evaluate((text) => navigator.clipboard.writeText(text), LONG);
      for (const label of labels) {
        const field = page.getByLabel(label, { exact: true });
        await field.focus();
        await page.keyboard.press('Control+V');
        expect(await field.inputValue()).toBe(LONG);
        expect(await field.getAttribute('type')).toBe('password');
        expect(await field.getAttribute('autocomplete')).toBe('new-password');
        expect(await field.getAttribute('maxlength')).toBeNull();
        await page.getByRole('button', { name: `Show what is typed in “${label}”` }).click();
        expect(await field.getAttribute('type')).toBe('text');
        expect(await field.inputValue()).toBe(LONG);
      }
    });
  });
});

describe('foreign text', () => {
  it('is inert', async () => {
    await withPage({}, async (page, open) => {
      await open('plugin-hostile');
      await page.getByText('All of it, as it is signed').click();
      await page.getByRole('grid').focus();
      await page.keyboard.press('End');
      for (const task of ['1', '3', '4', '5', '2']) {
        await page.keyboard.press(`Control+${task}`);
        await page.waitForTimeout(50);
        const found = await page.evaluate(() => ({
          hacked: 'hacked' in window,
          images: document.querySelectorAll('#app img, #app script, #app b b').length,
          hidden: /[\u202A-\u202E\u2066-\u2069\u200B\u0007]/.test(document.body.innerText),
          marked: document.querySelector('header')?.textContent?.includes('⟨U+202E⟩'),
        }));
        expect(found).toEqual({ hacked: false, images: 0, hidden: false, marked: true });
      }
    });
  });
});

describe('10,000 files', () => {
  it('exist only as far as they are in sight, and can all be reached', async () => {
    await withPage({}, async (page, open) => {
      await open('plugin-large');
      const grid = page.getByRole('grid');
      const rows = () => page.locator('.rows [role=row]').count();
      expect(await grid.getAttribute('aria-rowcount')).toBe('10001');
      expect(await rows()).toBeGreaterThan(5);
      expect(await rows()).toBeLessThan(60);
      await grid.focus();
      await page.keyboard.press('End');
      await page.locator('[role=row][aria-rowindex="10001"][aria-selected=true]').waitFor();
      expect(await rows()).toBeLessThan(60);
      expect(await page.locator('.detail').innerText()).toContain('vendor/package_199/module_49.py');
      await page.keyboard.press('Home');
      await page.locator('[role=row][aria-rowindex="2"][aria-selected=true]').waitFor();
      await page.keyboard.press('PageDown');
      await page.keyboard.press('ArrowDown');
      expect(
        Number(await page.locator('[aria-selected=true]').getAttribute('aria-rowindex')),
      ).toBeGreaterThan(8);
      await page.getByLabel('Find a file').fill('package_150/module_07');
      await page.getByRole('status').filter({ hasText: '1 file' }).waitFor();
      expect(await rows()).toBe(1);
    });
  });

  it('scroll without long frames', async () => {
    await withPage({}, async (page, open) => {
      await open('plugin-large');
      const worst = await page.evaluate(async () => {
        const scroller = document.querySelector('.rows') as HTMLElement;
        let last = performance.now();
        const frames: number[] = [];
        for (let step = 0; step < 60; step += 1) {
          scroller.scrollTop += 900;
          await new Promise((done) => requestAnimationFrame(done));
          frames.push(performance.now() - last);
          last = performance.now();
        }
        return frames.sort((a, b) => a - b)[Math.floor(frames.length * 0.9)];
      });
      expect(worst).toBeLessThan(100);
    });
  });
});

describe('the whole window', () => {
  it('is a target while a folder is held over it', async () => {
    await withPage({}, async (page, open) => {
      await open('drop-target');
      const box = await page.locator('.drop').boundingBox();
      expect(box).toMatchObject({ x: 0, y: 0, width: 1120, height: 760 });
    });
  });

  it('moves focus to the headline when the task changes', async () => {
    await withPage({}, async (page, open) => {
      await open('plugin-clean');
      for (const task of ['1', '3', '4', '5', '2']) {
        await page.keyboard.press(`Control+${task}`);
        await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      }
    });
  });

  it('moves nothing with reduced motion', async () => {
    await withPage({ reducedMotion: 'reduce' }, async (page, open) => {
      await open('sign-keyring');
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    });
    await withPage({ reducedMotion: 'no-preference' }, async (page, open) => {
      await open('sign-keyring');
      expect(await page.evaluate(() => document.getAnimations().length)).toBeGreaterThan(0);
    });
  });

  it('keeps to its content security policy, which is enforced', async () => {
    expect(CSP).not.toContain('unsafe');
    await withPage(
      {},
      async (page, open) => {
        await open('plugin-clean');
        const refused = await page.evaluate(async () => {
          const seen: string[] = [];
          document.addEventListener('securitypolicyviolation', (event) =>
            seen.push(event.effectiveDirective),
          );
          document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p>');
          await new Promise((done) => setTimeout(done, 100));
          return seen;
        });
        expect(refused).toEqual(['style-src-attr']);
      },
      /inline style/,
    );
  });
});

describe('the build for the window', () => {
  const files = readdirSync('dist/assets').map((name) => ({
    name,
    text: readFileSync(`dist/assets/${name}`, 'utf8'),
  }));
  const code = files.filter(({ name }) => /\.(js|css)$/.test(name));

  it('holds no fake, and every way to the shell', async () => {
    const text = code.map((file) => file.text).join('\n');
    for (const name of (await stateNames()).filter((state) => state.includes('-')))
      expect(text).not.toContain(`"${name}":{`);
    expect(text).not.toContain('VirusTotal');
    for (const command of ['open_plugin', 'compose_entry', 'save_public_key'])
      expect(text).toContain(command);
  });

  it('fetches nothing and inlines nothing', () => {
    for (const { name, text } of code) {
      expect(text, name).not.toMatch(/url\(["']?(data:|https?:)/);
      expect(text, name).not.toMatch(/\beval\(|new Function\(/);
    }
    expect(readFileSync('dist/index.html', 'utf8')).not.toMatch(/<style|<script(?![^>]*src=)|https?:/);
  });
});
