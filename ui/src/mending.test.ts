import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import * as data from './lib/backend/fake/data';
import { FakeBackend, type Setup } from './lib/backend/fake/fake';
import { MUCH_TO_KNOW, NOTED_PLUGIN } from './lib/backend/fake/mending';
import type { PluginView } from './lib/backend/types';
import { allFiles } from './lib/state/files';
import { Session } from './lib/state/session.svelte';

async function open(plugin: PluginView, setup: Partial<Setup> = {}) {
  const backend = new FakeBackend({ argument: 'f1', plugins: { f1: plugin }, ...setup });
  const session = new Session(backend);
  render(App, { session });
  await session.start();
  return { backend, session };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const calls = (backend: FakeBackend, call: string) => backend.calls.filter((made) => made.call === call);

describe('a safe edit', () => {
  it('is shown before it is made, and then told, with focus where reading goes on', async () => {
    const { backend, session } = await open(data.PROBLEM_PLUGIN);
    await fireEvent.click(button('Quote released…'));
    const dialog = screen.getByRole('dialog');
    await waitFor(() => expect(dialog.textContent).toContain('added: released: "2024-01-15"'));
    expect(dialog.textContent).toContain('removed: released: 2024-01-15');
    expect(calls(backend, 'applyEdit')).toEqual([]);
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Change plugin.yaml' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(calls(backend, 'applyEdit').map(({ args }) => args)).toEqual([['f1', 'e1']]);
    expect(screen.queryByRole('button', { name: 'Quote released…' })).toBeNull();
    await waitFor(() => expect(document.activeElement?.id).toBe('findings-title'));
    expect(session.said.text).toBe('plugin.yaml was changed as you saw. 7 files will be signed, 3 findings.');
    screen.getByRole('heading', { level: 1, name: 'Check what will be signed' });
  });

  it('is not made when it is left', async () => {
    const { backend, session } = await open(data.PROBLEM_PLUGIN);
    await fireEvent.click(button('Quote released…'));
    await fireEvent.click(button('Leave it as it is'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(session.mending.offered).toBeNull();
    expect(calls(backend, 'applyEdit')).toEqual([]);
  });

  it('of a file that changed meanwhile writes nothing and offers to look again', async () => {
    const outdated = data.failure('edit-outdated', '`plugin.yaml` is not what the change was made for any more');
    const { backend } = await open(data.PROBLEM_PLUGIN, { fail: { applyEdit: outdated } });
    await fireEvent.click(button('Quote released…'));
    await waitFor(() => button('Change plugin.yaml'));
    await fireEvent.click(button('Change plugin.yaml'));
    await waitFor(() => screen.getByText('The file has changed since this was offered'));
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).queryByRole('button', { name: /^Change/ })).toBeNull();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Look again' }));
    await waitFor(() => expect(calls(backend, 'openPlugin')).toHaveLength(2));
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});

describe('findings', () => {
  it('that can wait are folded, and what stops or exposes never is', async () => {
    await open(MUCH_TO_KNOW);
    screen.getByRole('heading', { level: 1, name: '1 secret would be given away with this plugin' });
    const unfolded = [...document.querySelectorAll('section > ul > li')];
    expect(unfolded.map((item) => item.querySelector('.tag')?.textContent?.trim())).toEqual([
      'Gives a secret away',
      'Will break later',
    ]);
    screen.getByText('3 more: 2 that will break later and 1 surprise');
    screen.getByText('8 notes for later');
  });

  it('that are only notes stay out of the way', async () => {
    await open(NOTED_PLUGIN);
    expect(document.querySelectorAll('section > ul > li')).toHaveLength(0);
    screen.getByText('7 notes for later');
  });
});

describe('the files', () => {
  it('are all there, each as what it is', () => {
    const { payload, uncovered } = MUCH_TO_KNOW;
    const rows = allFiles(payload as NonNullable<typeof payload>, uncovered);
    expect(rows).toHaveLength(7 + 10);
    expect(rows.map((row) => row.path)).toEqual(rows.map((row) => row.path).sort());
    const code = rows.filter((row) => row.state === 'executable').map((row) => row.path);
    expect(code).toEqual([
      'aisoc-plugin.json',
      'shared',
      'virustotal/__pycache__/client.cpython-311.pyc',
      'virustotal/_speed.cpython-311-x86_64-linux-gnu.so',
    ]);
  });

  it('can be narrowed down, with the reason for each', async () => {
    await open(MUCH_TO_KNOW);
    screen.getByRole('grid', { name: 'Files that will be signed' });
    await fireEvent.click(screen.getByRole('radio', { name: /Not covered, and code 4/ }));
    const grid = screen.getByRole('grid', { name: 'Code that no signature covers' });
    expect(grid.getAttribute('aria-rowcount')).toBe('5');
    await fireEvent.keyDown(grid, { key: 'End' });
    screen.getByText(/Compiled code, which Python or the system runs/);
    await fireEvent.click(screen.getByRole('radio', { name: /^All 17/ }));
    screen.getByRole('grid', { name: 'All files' });
  });
});

describe('what is found while the window is open', () => {
  it('is shown and told, and moves neither focus nor the page', async () => {
    const { backend, session } = await open(NOTED_PLUGIN);
    const scrolled = vi.spyOn(window, 'scrollTo').mockImplementation(() => {});
    button('Change folder…').focus();
    const { findings, uncovered } = MUCH_TO_KNOW;
    backend.emit({ kind: 'findings-changed', folder: 'f1', findings: [...NOTED_PLUGIN.findings, ...findings.slice(0, 1)], uncovered });
    await waitFor(() => screen.getByText('Gives a secret away'));
    expect(session.said.text).toBe('Gives a secret away: deploy.key holds a private key.');
    screen.getByRole('heading', { level: 1, name: '1 secret would be given away with this plugin' });
    screen.getByRole('radio', { name: /Not covered, and code 4/ });
    expect(document.activeElement).toBe(button('Change folder…'));
    expect(scrolled).not.toHaveBeenCalled();
    backend.emit({ kind: 'findings-changed', folder: 'f1', findings: NOTED_PLUGIN.findings.slice(1), uncovered });
    await waitFor(() => screen.getByText('6 notes for later'));
    expect(session.said.text).toBe('6 findings left.');
  });

  it('does not disturb a signing under way, and is forgotten with the next reading', async () => {
    const { backend, session } = await open(data.PLUGIN);
    backend.setup.pace = 30;
    const signing = session.sign(null);
    backend.emit({ kind: 'findings-changed', folder: 'f1', findings: NOTED_PLUGIN.findings, uncovered: null });
    await signing;
    expect(session.signature).toBe('good');
    expect(session.seen?.findings).toHaveLength(7);
    backend.setup.pace = 0;
    await session.open('f1');
    expect(session.seen?.findings).toEqual([]);
  });

  it('of another folder is none of this one', async () => {
    const { backend, session } = await open(data.PLUGIN);
    backend.emit({ kind: 'findings-changed', folder: 'f2', findings: NOTED_PLUGIN.findings, uncovered: null });
    expect(session.seen?.findings).toEqual([]);
  });
});
