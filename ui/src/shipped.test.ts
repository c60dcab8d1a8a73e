import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import * as data from './lib/backend/fake/data';
import { FakeBackend, type Setup } from './lib/backend/fake/fake';
import { FAILING, INTACT, LOST, REFUSED, UNDECIDED, WHEEL } from './lib/backend/fake/shipped';
import { Session } from './lib/state/session.svelte';
import { shippedTitle } from './lib/state/shipped.svelte';

async function open(setup: Partial<Setup> = {}) {
  const backend = new FakeBackend({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN }, ...setup });
  const session = new Session(backend);
  render(App, { session });
  await session.start();
  return { backend, session };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const headline = () => screen.getByRole('heading', { level: 1 }).textContent;
const calls = (backend: FakeBackend, call: string) =>
  backend.calls.filter((made) => made.call === call).map(({ args }) => args);

beforeEach(() => {
  Object.assign(navigator, { clipboard: { writeText: vi.fn(async () => {}) } });
});

describe('a built package', () => {
  it('is chosen, judged beside the open folder, and left again', async () => {
    const { backend } = await open();
    await fireEvent.click(button('Check a built package…'));
    await waitFor(() => expect(headline()).toBe('AiSOC would refuse what is in this package'));
    expect(calls(backend, 'checkPackage')).toEqual([['a1', 'f1']]);
    const titles = screen.getAllByRole('heading', { level: 3 }).map((title) => title.textContent);
    expect(titles[0]).toBe('The wheel has no plugin.sig');
    // What breaks the signature comes before what does not.
    const words = [...document.querySelectorAll('section > ul > li .tag')].map((tag) => tag.textContent?.trim());
    expect(words.slice(0, 4)).toEqual([
      'Breaks the signature',
      'Breaks the signature',
      'Worth knowing',
      'Worth knowing',
    ]);
    await fireEvent.click(button('Back to the plugin'));
    await waitFor(() => expect(headline()).toBe('Check what will be signed'));
  });

  it('gives the lines to write to the clipboard, as they are', async () => {
    const { session } = await open();
    await session.shipping.checkPackage(WHEEL);
    await waitFor(() => button('Copy the lines'));
    await fireEvent.click(button('Copy the lines'));
    expect(navigator.clipboard.writeText).toHaveBeenCalledWith(LOST.findings[0]?.lines);
  });

  it('that is dropped is looked into, wherever the window is', async () => {
    const { backend, session } = await open({ shipped: INTACT });
    session.go('hand-over');
    backend.emit({ kind: 'package-dropped', package: WHEEL });
    await waitFor(() => expect(headline()).toBe('AiSOC verifies and loads what is in this package'));
    screen.getByRole('region', { name: 'It is what you signed' });
  });

  it('is never said to load when that is not known', () => {
    expect(shippedTitle(INTACT)).toContain('verifies and loads');
    expect(shippedTitle(UNDECIDED)).toBe('AiSOC verifies what is in this package');
    expect(shippedTitle(FAILING)).toContain('fails to load');
    expect(shippedTitle(LOST)).toContain('refuse');
  });

  it('that is refused says which entry and why, and can be looked at again', async () => {
    const { backend, session } = await open({ fail: { checkPackage: REFUSED } });
    await session.shipping.checkPackage(WHEEL);
    await waitFor(() => expect(headline()).toBe('What is in this package cannot be judged'));
    screen.getByText(/its name has/);
    await fireEvent.click(button('Look again'));
    expect(calls(backend, 'checkPackage')).toHaveLength(2);
  });

  it('that takes long can be left, and its answer then counts no more', async () => {
    const { backend, session } = await open({ hold: { checkPackage: null } });
    const checking = session.shipping.checkPackage(WHEEL);
    await waitFor(() => expect(headline()).toBe('Looking into the package'));
    session.go('plugin');
    await checking;
    expect(calls(backend, 'cancel')).toHaveLength(1);
    expect(session.shipping.carrier).toBeNull();
    expect(session.shipping.found).toBeNull();
  });

  it('without an open folder is compared with none, and says so', async () => {
    const { backend, session } = await open({ argument: null });
    await session.shipping.checkPackage(WHEEL);
    expect(calls(backend, 'checkPackage')).toEqual([['a1', null]]);
    screen.getByText(/Open the plugin’s folder first/);
    button('Choose a plugin folder…');
  });
});

describe('what is committed', () => {
  it('is looked at where there is a repository', async () => {
    const { backend } = await open();
    await fireEvent.click(button('As a fresh clone has it'));
    await waitFor(() => expect(headline()).toBe('AiSOC would refuse what is in a fresh clone'));
    expect(calls(backend, 'checkCommitted')).toEqual([['f1']]);
    screen.getByText('All 6 files');
  });

  it('is not offered where there is none', async () => {
    await open({ plugins: { f1: { ...data.SIGNED_PLUGIN, inRepository: false } } });
    expect(screen.queryByRole('button', { name: 'As a fresh clone has it' })).toBeNull();
  });
});

describe('the end', () => {
  it('is not called done while the plugin was not seen to verify with what was saved', async () => {
    const { session } = await open({ fail: { rehearseHandOver: data.UNREADABLE } });
    session.entry.copied = true;
    session.go('hand-over');
    await session.handOver.save();
    await waitFor(() => screen.getByText('The plugin could not be tried with this folder'));
    expect(headline()).toBe('The public key is saved');
  });

  it('is not called done for a plugin that would fail to load', async () => {
    const { session } = await open({ plugins: { f1: data.signedThen(data.NEEDS_ARGUMENTS) } });
    session.entry.copied = true;
    session.go('hand-over');
    await session.handOver.save();
    await waitFor(() => screen.getByText(/would then fail to load/));
    expect(headline()).toBe('The public key is saved');
  });
});
