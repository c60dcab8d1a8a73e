import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import Diff from './lib/components/Diff.svelte';
import type { SaveAnswer } from './lib/backend/types';
import * as data from './lib/backend/fake/data';
import * as entry from './lib/backend/fake/entry-data';
import { FakeBackend, type Setup } from './lib/backend/fake/fake';
import { Session } from './lib/state/session.svelte';
import { diffLines, withoutCr } from './lib/text/diff';

const EDITS = [
  ['url', 'https://example.org/p'],
  ['install', 'pip install p'],
] as const;

async function open(setup: Partial<Setup> = {}) {
  const backend = new FakeBackend({ argument: 'f1', plugins: { f1: data.SIGNED_PLUGIN }, goal: null, ...setup });
  const session = new Session(backend);
  render(App, { session });
  await session.start();
  session.go('entry');
  return { backend, session };
}

/** Opens a complete entry that goes into an index, as the last time. */
async function toIndex(setup: Partial<Setup> = {}) {
  const opened = await open({ goal: { kind: 'index', ...entry.INDEX_FILE }, ...setup });
  await opened.session.goals.recall();
  await opened.session.entry.compose();
  for (const [name, value] of EDITS) opened.session.entry.edit(name, value);
  await opened.session.entry.flush();
  return opened;
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const headline = () => screen.getByRole('heading', { level: 1 }).textContent;
const saw = (title: string) => waitFor(() => expect(headline()).toBe(title));
const calls = (backend: FakeBackend, call: string) => backend.calls.filter((made) => made.call === call);

describe('where the entry goes', () => {
  it('is asked first, and remembered', async () => {
    const { backend } = await open();
    await saw('Where does the entry go?');
    await fireEvent.click(screen.getByRole('radio', { name: /^Another index/ }));
    await fireEvent.click(await waitFor(() => button('Choose the index…')));
    await waitFor(() => screen.getByLabelText('Install line'));
    expect(screen.getByRole('region', { name: 'Where the entry goes' }).textContent).toContain(entry.INDEX_FILE.where);
    expect(calls(backend, 'rememberEntryGoal')[0]?.args).toEqual(['f1', { kind: 'index', file: 'x7' }]);
  });

  it('is still asked when the dialog is dismissed', async () => {
    const { backend } = await open({ indexFile: null });
    await fireEvent.click(screen.getByRole('radio', { name: /^Another index/ }));
    await fireEvent.click(await waitFor(() => button('Choose the index…')));
    await waitFor(() => expect(calls(backend, 'chooseIndex')).toHaveLength(1));
    expect(headline()).toBe('Where does the entry go?');
    expect(calls(backend, 'rememberEntryGoal')).toHaveLength(0);
  });

  it('is not asked the next time, and can be changed then', async () => {
    await open({ goal: { kind: 'entry' } });
    await waitFor(() => screen.getByText('· as the last time'));
    await fireEvent.click(button('Change where the entry goes'));
    await saw('Where does the entry go?');
    expect((screen.getByRole('radio', { name: /^Just the entry/ }) as HTMLInputElement).checked).toBe(true);
    await fireEvent.click(button('Leave it as it is'));
    await saw('Complete the marketplace entry');
  });

  it('is asked for each plugin apart', async () => {
    const { session } = await toIndex({ plugins: { f1: data.SIGNED_PLUGIN, f2: data.OTHER_PLUGIN } });
    await session.open('f2');
    expect(session.goals.goal).toBeNull();
  });
});

describe('another index', () => {
  it('is shown first, and written as it was shown', async () => {
    const { backend, session } = await toIndex();
    await saw('The marketplace entry is complete');
    await fireEvent.click(button('See the change to the index'));
    await saw('Add one item to index.json');
    const diff = screen.getByRole('region', { name: 'The change, line by line' });
    expect(diff.textContent).toContain('added: ');
    expect(calls(backend, 'writeIndex')).toHaveLength(0);
    await fireEvent.click(button('Write to index.json'));
    await saw('index.json lists this version');
    const edits = EDITS.map(([name, value]) => ({ name, value, proposed: false }));
    expect(calls(backend, 'writeIndex')[0]?.args).toEqual(['f1', 'k1', edits, 'x7', entry.INSERTED.shown]);
    expect(session.tasks.find((task) => task.id === 'entry')).toMatchObject({ status: 'done', line: 'In the index' });
    await fireEvent.click(button('Continue to hand over'));
    expect(session.task).toBe('hand-over');
  });

  it('that changed meanwhile is not written, and shown again', async () => {
    const { backend, session } = await toIndex({ indexNow: entry.UPDATED });
    await session.index.plan();
    await fireEvent.click(await waitFor(() => button('Write to index.json')));
    const notice = await waitFor(() => screen.getByRole('heading', { name: /so nothing was written$/ }));
    expect(document.activeElement).toBe(notice);
    await saw('Change one item of index.json');
    await fireEvent.click(button('Replace the item in index.json'));
    await saw('index.json lists this version');
    expect(calls(backend, 'writeIndex').map((call) => call.args[4])).toEqual([
      entry.INSERTED.shown,
      entry.UPDATED.shown,
    ]);
  });

  it('is not offered to be written where it has the entry already', async () => {
    const { session } = await toIndex({ indexChange: entry.SAME });
    await session.index.plan();
    await saw('index.json lists this version already');
    expect(screen.queryByRole('button', { name: /^(Write|Replace)/ })).toBeNull();
  });

  it('says what there is to know before it is written', async () => {
    const { session } = await toIndex({ indexChange: entry.LOWERED });
    await session.index.plan();
    const notices = await waitFor(() => screen.getByRole('region', { name: 'To know before it is written' }));
    expect(within(notices).getAllByRole('heading')).toHaveLength(2);
    expect(notices.textContent).toContain('1.2.0');
  });

  it.each([
    ['another edit', (session: Session) => session.entry.edit('url', 'https://example.org/q')],
    ['another key', (session: Session) => session.chooseKey('k3')],
    ['another reading', (session: Session) => session.open('f1').then(() => session.go('entry'))],
    ['another index', (session: Session) => session.goals.chooseIndex()],
  ])('is not written as shown after %s', async (_, meanwhile) => {
    const { backend, session } = await toIndex({ keys: [data.KEY, data.OLD_KEY], indexFile: { file: 'x8', where: '~/b.json' } });
    await session.index.plan();
    await saw('Add one item to index.json');
    await meanwhile(session);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Write to index.json' })).toBeNull());
    await session.index.write();
    expect(calls(backend, 'writeIndex')).toHaveLength(0);
  });

  it('is not written for a folder that changed', async () => {
    const { backend, session } = await toIndex();
    await session.index.plan();
    await saw('Add one item to index.json');
    const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
    const seen = { signatureStale: true, signatureChanged: false, unreadable: false };
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...seen });
    await saw('Draft the marketplace entry');
    button('Look at the change and sign');
  });

  it('leads a second release from signing to the change', async () => {
    const { session } = await toIndex({
      plugins: { f1: data.EDITED_PLUGIN },
      indexChange: entry.UPDATED,
    });
    await fireEvent.click(await waitFor(() => button('Continue to signing')));
    await fireEvent.click(await waitFor(() => button(/^Sign \d/)));
    await waitFor(() => expect(headline()).toMatch(/^Signed/));
    await fireEvent.click(button('Prepare marketplace entry'));
    await fireEvent.click(await waitFor(() => button('See the change to the index')));
    await saw('Change one item of index.json');
    expect(session.goals.goal).toMatchObject({ kind: 'index', file: 'x7' });
  });
});

describe('the pull request', () => {
  async function writtenTo(setup: Partial<Setup> = {}) {
    const opened = await toIndex(setup);
    await opened.session.index.plan();
    await opened.session.index.write();
    await saw('index.json lists this version');
    return opened;
  }
  const section = () => screen.getByRole('region', { name: 'The pull request' });

  it('is saved where a dialog says', async () => {
    const { backend } = await writtenTo();
    for (const text of [entry.PULL_REQUEST.branch, entry.PULL_REQUEST.title, 'Check it yourself']) {
      expect(section().textContent).toContain(text);
    }
    await fireEvent.click(button('Save all of it…'));
    await waitFor(() => expect(section().textContent).toContain('~/Documents/add-myorg.virustotal-1.0.0'));
    expect(calls(backend, 'saveKit').map((call) => call.args)).toEqual([['p1']]);
  });

  it('is not called saved when the dialog is dismissed', async () => {
    const { backend } = await writtenTo({ savedTo: null });
    await fireEvent.click(button('Save all of it…'));
    await waitFor(() => expect(calls(backend, 'saveKit')).toHaveLength(1));
    expect(section().textContent).not.toContain('Saved in');
  });

  it('says why it was not saved', async () => {
    await writtenTo({ fail: { saveKit: entry.KIT_EXISTS } });
    await fireEvent.click(button('Save all of it…'));
    await waitFor(() => screen.getByRole('region', { name: 'The pull request was not saved' }));
    expect(section().textContent).not.toContain('Saved in');
  });

  it('that could not be made takes nothing from what was written', async () => {
    await writtenTo({ noPullRequest: entry.NO_PULL_REQUEST });
    expect(screen.queryByRole('region', { name: 'The pull request' })).toBeNull();
    const why = screen.getByRole('region', { name: 'Why there are no texts for a pull request' });
    expect(why.textContent).toContain('permission denied');
    button('Continue to hand over');
  });

  it('that was saved late is named with what it is of', async () => {
    const { backend, session } = await writtenTo({ plugins: { f1: data.SIGNED_PLUGIN, f2: data.OTHER_PLUGIN } });
    let answer: (saved: SaveAnswer) => void = () => {};
    backend.saveKit = () => new Promise((resolve) => (answer = resolve));
    const saving = session.kit.save(entry.PULL_REQUEST);
    await session.open('f2');
    answer({ kind: 'saved', where: '~/kit' });
    await saving;
    expect(session.kit.savedTo).toBeNull();
    expect(session.elsewhere?.text).toContain(entry.PULL_REQUEST.title);
  });
});

describe('what the project proposes', () => {
  it('stands in the field, with where it comes from, until somebody writes something else', async () => {
    const { backend } = await open({ goal: { kind: 'entry' }, suggestions: entry.SUGGESTIONS });
    const field = (await waitFor(() => screen.getByLabelText('Install line'))) as HTMLInputElement;
    await waitFor(() => expect(field.value).toBe('pip install aisoc-plugin-virustotal'));
    // It is what the entry is made of, as if it had been typed.
    await waitFor(() =>
      expect(calls(backend, 'composeEntry').at(-1)?.args[2]).toContainEqual({
        name: 'install',
        value: 'pip install aisoc-plugin-virustotal',
        proposed: true,
      }),
    );
    expect(document.body.textContent).toContain('Proposed by pyproject.toml, name. Look whether it is right.');
    await fireEvent.input(field, { target: { value: 'pip install my-own' } });
    await waitFor(() => expect(document.body.textContent).not.toContain('Proposed by pyproject.toml, name.'));
    // The way back.
    await fireEvent.click(await waitFor(() => button('Use it: pip install aisoc-plugin-virustotal')));
    expect(field.value).toBe('pip install aisoc-plugin-virustotal');
  });

  it('does not come back into a field that was emptied', async () => {
    const { backend } = await open({ goal: { kind: 'entry' }, suggestions: entry.SUGGESTIONS });
    const field = (await waitFor(() => screen.getByLabelText('Install line'))) as HTMLInputElement;
    await waitFor(() => expect(field.value).not.toBe(''));
    await fireEvent.input(field, { target: { value: '' } });
    await fireEvent.blur(field);
    await waitFor(() =>
      expect(calls(backend, 'composeEntry').at(-1)?.args[2]).toContainEqual({
        name: 'install',
        value: '',
        proposed: false,
      }),
    );
    expect(field.value).toBe('');
  });
});

describe('what reviewers and CI look at', () => {
  it('is looked at once for each reading', async () => {
    const { backend, session } = await open({ goal: { kind: 'entry' } });
    const list = await waitFor(() => screen.getByRole('region', { name: 'What reviewers and CI look at' }));
    expect(within(list).getAllByText('Met')).toHaveLength(5);
    expect(list.textContent).toContain('5 of 8 met today');
    session.go('plugin');
    session.go('entry');
    await waitFor(() => screen.getByRole('region', { name: 'What reviewers and CI look at' }));
    expect(calls(backend, 'reviewEntry')).toHaveLength(1);
    backend.setup.plugins['f1'] = { ...data.SIGNED_PLUGIN };
    await session.open('f1');
    session.go('entry');
    await waitFor(() => expect(calls(backend, 'reviewEntry')).toHaveLength(2));
  });

  it('is not said of a folder that changed', async () => {
    const { backend, session } = await open({ goal: { kind: 'entry' } });
    await waitFor(() => screen.getByRole('region', { name: 'What reviewers and CI look at' }));
    const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
    const change = { changes, signatureStale: true, signatureChanged: false, unreadable: false };
    backend.emit({ kind: 'plugin-changed', folder: 'f1', ...change });
    await waitFor(() =>
      expect(screen.queryByRole('region', { name: 'What reviewers and CI look at' })).toBeNull(),
    );
    expect(session.review.wanted).toBe(false);
  });

  it('is looked at again when something beside the plugin changes, and when somebody asks', async () => {
    const { backend, session } = await open({ goal: { kind: 'entry' } });
    await waitFor(() => expect(calls(backend, 'reviewEntry')).toHaveLength(1));
    backend.emit({ kind: 'findings-changed', folder: 'f1', findings: [], uncovered: data.uncovered() });
    await waitFor(() => expect(calls(backend, 'reviewEntry')).toHaveLength(2));
    backend.setup.hold = { reviewEntry: null };
    backend.emit({ kind: 'findings-changed', folder: 'f1', findings: [], uncovered: data.uncovered() });
    await waitFor(() => expect(session.review.looking.running).toBe(true));
    await session.review.looking.cancel();
    backend.setup.hold = {};
    await fireEvent.click(await waitFor(() => button('Look again')));
    await waitFor(() => screen.getByRole('region', { name: 'What reviewers and CI look at' }));
  });
});

describe('what is agreed to', () => {
  it('is agreed to by a key press of its own', async () => {
    const { backend } = await toIndex();
    await waitFor(() => button('See the change to the index'));
    await fireEvent.keyDown(window, { key: 'Enter', ctrlKey: true });
    await saw('Add one item to index.json');
    await fireEvent.keyDown(window, { key: 'Enter', ctrlKey: true, repeat: true });
    expect(await fireEvent.keyDown(button('Write to index.json'), { key: 'Enter', repeat: true })).toBe(false);
    // The second click of a double click, on what the button says now.
    await fireEvent.click(button('Write to index.json'), { detail: 2 });
    expect(calls(backend, 'writeIndex')).toHaveLength(0);
    await fireEvent.click(button('Write to index.json'), { detail: 1 });
    await saw('index.json lists this version');
  });
});

describe('what came of it', () => {
  it('is seen again with its pull request', async () => {
    const { backend, session } = await toIndex();
    await session.index.plan();
    await session.index.write();
    await saw('index.json lists this version');
    backend.setup.indexChange = entry.SAME;
    await fireEvent.click(button('Back to the entry'));
    await fireEvent.click(button('See the change again'));
    await saw('index.json lists this version');
    screen.getByRole('heading', { name: 'The pull request' });
    expect(session.facts.entryTaken).toBe('written');
  });

  it('is of the goal that it was done for', async () => {
    const { backend, session } = await toIndex({ fail: { planIndex: data.READ_ONLY } });
    await session.index.plan();
    await waitFor(() => expect(document.body.textContent).toContain('The index cannot take the entry'));
    backend.setup.fail = {};
    backend.setup.indexFile = { file: 'x8', where: '~/other/index.json' };
    await session.goals.chooseIndex();
    await waitFor(() => expect(document.body.textContent).not.toContain('The index cannot take the entry'));
    await session.goals.justTheEntry();
    session.entry.copied = true;
    expect(session.facts.entryTaken).toBe('copied');
    await session.goals.chooseIndex();
    expect(session.facts.entryTaken).toBeNull();
  });

  it('is told where it cannot be remembered', async () => {
    await open({ fail: { rememberEntryGoal: data.READ_ONLY } });
    await fireEvent.click(screen.getByRole('radio', { name: /^Just the entry/ }));
    await fireEvent.click(await waitFor(() => button('Make just the entry')));
    const line = await waitFor(() => screen.getByRole('region', { name: 'Where the entry goes' }));
    await waitFor(() => expect(line.textContent).toContain('could not be remembered for the next time'));
  });
});

describe('a revoked key', () => {
  it('has no entry', async () => {
    const { session } = await open({ keys: [data.REVOKED_KEY], goal: { kind: 'index', ...entry.INDEX_FILE } });
    session.chooseKey(data.REVOKED_KEY.key);
    await saw('No marketplace entry yet');
    expect(document.body.textContent).toContain('was revoked, and an entry would ask operators to trust it');
    button('See your keys');
  });
});

describe('a unified diff', () => {
  it('is read with the lines’ numbers', () => {
    // As `diff -u` writes it.
    const lines = diffLines('--- a\n+++ b\n@@ -2,3 +2,3 @@\n same\n--- old\n+++ new\n\n\\ No newline at end of file\n');
    expect(lines.map(({ kind, before, after, text }) => [kind, before, after, text])).toEqual([
      ['file', null, null, 'b'],
      ['place', null, null, 'From line 2'],
      ['same', 2, 2, 'same'],
      ['removed', 3, null, '-- old'],
      ['added', null, 3, '++ new'],
      ['same', 4, 4, ''],
      ['note', null, null, 'No newline at end of file'],
    ]);
  });

  it('of several files names each, and takes no name for a line', () => {
    // As `diff -u` writes them one after another, and with what the core writes between and below.
    const lines = diffLines(`--- /dev/null
+++ b/plugins/x/new.py
@@ -0,0 +1,2 @@
+class Plugin:
+    pass
--- a/plugins/x/old.py
+++ b/plugins/x/old.py
@@ -1 +1 @@
--- sql comment
+++ counter
@@ -7 +7,0 @@
-last
plugins/x/logo.png: 48211 bytes that are no text
--- a/plugins/x/long.py
+++ b/plugins/x/long.py
@@ -1,400 +1,400 @@
 first

… 398 more lines
--- a/plugins/x/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-gone
plugins/x/surplus.py is removed
`);
    expect(lines.map(({ kind, before, after, text }) => [kind, before, after, text])).toEqual([
      ['file', null, null, 'plugins/x/new.py'],
      ['place', null, null, 'From line 1'],
      ['added', null, 1, 'class Plugin:'],
      ['added', null, 2, '    pass'],
      ['file', null, null, 'plugins/x/old.py'],
      ['place', null, null, 'From line 1'],
      ['removed', 1, null, '-- sql comment'],
      ['added', null, 1, '++ counter'],
      ['place', null, null, 'From line 7'],
      ['removed', 7, null, 'last'],
      ['note', null, null, 'plugins/x/logo.png: 48211 bytes that are no text'],
      ['file', null, null, 'plugins/x/long.py'],
      ['place', null, null, 'From line 1'],
      ['same', 1, 1, 'first'],
      ['same', 2, 2, ''],
      ['note', null, null, '… 398 more lines'],
      ['file', null, null, 'plugins/x/gone.py'],
      ['place', null, null, 'From line 1'],
      ['removed', 1, null, 'gone'],
      ['note', null, null, 'plugins/x/surplus.py is removed'],
    ]);
  });

  it('of several files is shown with their names, and of one without', async () => {
    const diff = '--- a/one.py\n+++ b/one.py\n@@ -1 +1 @@\n-a\n+b\n--- a/two.py\n+++ b/two.py\n@@ -1 +1 @@\n-c\n+d\n';
    const { rerender } = render(Diff, { diff, label: 'It', named: true });
    const region = screen.getByRole('region', { name: 'It' });
    expect(region.textContent).toMatch(/one\.py.*two\.py/s);
    expect(screen.getByText('2 lines added')).toBeTruthy();
    expect(screen.getByText('2 lines removed')).toBeTruthy();
    await rerender({ diff, label: 'It', named: false });
    expect(region.textContent).not.toMatch(/\.py/);
  });

  it('says once that every line ends with CR LF', () => {
    const text = (lines: string) => withoutCr(diffLines(`--- a\n+++ b\n@@ -1,2 +1,2 @@\n${lines}`))?.map((line) => line.text);
    expect(text(' a\\u{d}\n-b\\u{d}\n+c\\u{d}\n')).toEqual(['b', 'From line 1', 'a', 'b', 'c']);
    expect(text(' a\\u{d}\n-b\n')).toBeUndefined();
  });
});
