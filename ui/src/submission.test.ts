import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import App from './App.svelte';
import type { ScriptAnswer, SubmissionWish } from './lib/backend/types';
import * as data from './lib/backend/fake/data';
import { FakeBackend, type Setup } from './lib/backend/fake/fake';
import * as clone from './lib/backend/fake/submission-data';
import { SCENARIOS, type Scenario } from './lib/backend/fake/scenarios';
import { SUBMISSION_SCENARIOS } from './lib/backend/fake/submission-scenarios';
import { Session } from './lib/state/session.svelte';

/** Opens the entry of a signed plugin that goes into a clone, as the last time. */
async function toClone(setup: Partial<Setup> = {}) {
  const backend = new FakeBackend({
    argument: 'f1',
    plugins: { f1: data.SIGNED_PLUGIN },
    goal: { kind: 'checkout', ...clone.CLONE },
    ...setup,
  });
  const session = new Session(backend);
  render(App, { session });
  await session.start();
  session.go('entry');
  return { backend, session };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const click = async (name: string | RegExp) => fireEvent.click(await waitFor(() => button(name)));
const headline = () => screen.getByRole('heading', { level: 1 }).textContent;
const saw = (title: string) => waitFor(() => expect(headline()).toBe(title));
const calls = (backend: FakeBackend, call: string) => backend.calls.filter((made) => made.call === call);
const entryTask = (session: Session) => session.tasks.find((task) => task.id === 'entry');

const NOTHING: SubmissionWish = { remove: false, include: [] };
const COPY = 'Copy 7 files into your clone of AiSOC';
const REFUSED = 'Copied like this, the plugin would not verify';
const RUN = 'The plugin is in the clone. Now its index';

describe('a clone of AiSOC', () => {
  it('is asked for, recognised and remembered', async () => {
    const { backend } = await toClone({ goal: null });
    await saw('Where does the entry go?');
    await click('Choose your clone…');
    await saw(COPY);
    expect(calls(backend, 'rememberEntryGoal')[0]?.args).toEqual(['f1', { kind: 'checkout', folder: 'f8' }]);
    expect(screen.getByRole('region', { name: 'Where the entry goes' }).textContent).toContain(clone.CLONE.where);
  });

  it('that is none is refused, and asked for again', async () => {
    const { backend } = await toClone({ goal: null, fail: { chooseCheckout: clone.NO_CLONE } });
    await click('Choose your clone…');
    await waitFor(() => screen.getByRole('region', { name: 'This folder is not taken' }));
    expect(headline()).toBe('Where does the entry go?');
    expect(calls(backend, 'rememberEntryGoal')).toHaveLength(0);
  });
});

describe('a submission', () => {
  it('is shown, copied and listed, each only when told to', async () => {
    const { backend, session } = await toClone();
    await saw(COPY);
    expect(screen.getByRole('region', { name: '7 files, 16 KB' }).textContent).toContain('virustotal/client.py');
    screen.getByRole('region', { name: 'A fresh clone of the commit will verify' });
    screen.getByRole('region', { name: 'To know before it is copied' });
    await waitFor(() => screen.getByRole('region', { name: 'On the marketplace page' }));
    const item = screen.getByRole('region', { name: 'The item that the script makes of it' });
    expect(item.textContent).toContain('"path": "plugins/community/myorg.virustotal/plugin.yaml"');
    expect(entryTask(session)).toMatchObject({ status: 'ready', line: 'Ready' });
    expect(calls(backend, 'copySubmission')).toHaveLength(0);

    await click('Copy 7 files into the clone');
    await saw(RUN);
    expect(calls(backend, 'copySubmission')[0]?.args).toEqual(['f1', 'k1', 'f8', NOTHING, clone.FIRST_SUBMISSION.shown]);
    expect(calls(backend, 'runIndexScript')).toHaveLength(0);
    screen.getByRole('region', { name: 'Running this executes code of the clone' });
    expect(screen.getByRole('region', { name: 'The command that makes the index' }).textContent).toContain(
      clone.SCRIPT.command,
    );
    const shown = screen.getByRole('region', { name: 'The command' }).textContent;
    for (const fact of [clone.SCRIPT.path, clone.SCRIPT.sha256]) expect(shown).toContain(fact);
    expect(screen.queryByRole('region', { name: 'The commands for the commit' })).toBeNull();
    expect(entryTask(session)?.status).toBe('ready');

    await click('Run this script');
    await saw('Ready to commit: the index lists your plugin');
    expect(calls(backend, 'runIndexScript')[0]?.args).toEqual(['f1', 'k1', 'f8', NOTHING, clone.SCRIPT.shown]);
    const commands = screen.getByRole('region', { name: 'The commands, line by line' }).textContent;
    for (const command of clone.COMMANDS) expect(commands).toContain(command);
    // A paste stops at the first that fails, and the script is not run twice.
    expect(commands).toContain('git switch -c plugin/myorg.virustotal-1.0.0 &&');
    expect(commands).not.toContain('python3');
    expect(entryTask(session)).toMatchObject({ status: 'done', line: 'In your clone of AiSOC' });
    const request = screen.getByRole('region', { name: 'The pull request' });
    expect(request.textContent).toContain(clone.SUBMISSION_REQUEST.title);
    // The commands make both.
    expect(within(request).queryByText('Branch')).toBeNull();
    expect(within(request).queryByText('Commit message')).toBeNull();
    await click('Save all of it…');
    await waitFor(() => expect(request.textContent).toContain('plugin-myorg.virustotal-1.0.0'));
    expect(calls(backend, 'saveKit').map(({ args }) => args)).toEqual([[clone.BUILT.pullRequest?.kit]]);
    await click('Continue to hand over');
    expect(session.task).toBe('hand-over');
    await session.handOver.save();
    await waitFor(() => screen.getByText('Open a pull request to AiSOC'));
  });

  it('that changed meanwhile is not copied, and shown again', async () => {
    const { backend } = await toClone({ submissionNow: clone.SECOND_SUBMISSION });
    await click('Copy 7 files into the clone');
    const notice = await waitFor(() => screen.getByRole('heading', { name: /so nothing was copied$/ }));
    expect(document.activeElement).toBe(notice);
    await click('Copy 3 files into the clone');
    await saw(RUN);
    expect(calls(backend, 'copySubmission').map((call) => call.args[4])).toEqual([
      clone.FIRST_SUBMISSION.shown,
      clone.SECOND_SUBMISSION.shown,
    ]);
  });

  it('removes nothing of the clone that was not asked for twice', async () => {
    const { backend } = await toClone({ submission: clone.SURPLUS });
    const region = await waitFor(() =>
      screen.getByRole('region', { name: '1 file in the clone would make the signature invalid' }),
    );
    expect(region.textContent).toContain('virustotal/old.py');
    expect(headline()).toBe('Your clone of AiSOC has 1 file too many');
    expect(screen.queryByRole('button', { name: /^Copy .* into the clone$/ })).toBeNull();
    await click('Plan to remove it');
    await waitFor(() => screen.getByRole('region', { name: '1 file of the clone will be removed' }));
    expect(calls(backend, 'copySubmission')).toHaveLength(0);
    await click('Copy 3 files into the clone, and remove 1');
    await saw(RUN);
    expect(calls(backend, 'copySubmission')[0]?.args[3]).toEqual({ remove: true, include: [] });
  });

  it('only removes where nothing else changes', async () => {
    const files = clone.APPLIED.files;
    const { backend } = await toClone({ submission: { ...clone.SURPLUS, files } });
    await click('Plan to remove it');
    await saw('Remove 1 file from your clone of AiSOC');
    await click('Remove 1 file from the clone');
    await saw(RUN);
    expect(calls(backend, 'copySubmission')[0]?.args[3]).toEqual({ remove: true, include: [] });
  });

  it('of very many files is shown with its first ones, and says so', async () => {
    const [file] = clone.FIRST_SUBMISSION.files;
    if (!file) throw new Error('the submission has no file');
    const files = Array.from({ length: 302 }, (_, at) => ({ ...file, path: `f${at}.py` }));
    await toClone({ submission: { ...clone.FIRST_SUBMISSION, files, leftOut: files.slice(1).map(({ path }) => ({ path: `data/${path}`, size: 1, unfit: null })) } });
    const region = await waitFor(() => screen.getByRole('region', { name: /^302 files, / }));
    expect(within(region).getAllByText('New')).toHaveLength(300);
    expect(region.textContent).toContain('And 2 more files.');
    expect(region.textContent).toContain('301 files of the plugin’s folder stay behind');
    expect(region.textContent).toContain('And 1 more file.');
  });

  it('can be planned without the removal again', async () => {
    const { backend } = await toClone({ submission: clone.SURPLUS });
    await click('Plan to remove it');
    await click('Keep it after all');
    await waitFor(() => button('Plan to remove it'));
    expect(calls(backend, 'planSubmission').map(({ args }) => (args[3] as SubmissionWish).remove)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it.each([
    ['another key', (session: Session) => session.chooseKey('k3')],
    ['another reading', (session: Session) => session.open('f1').then(() => session.go('entry'))],
    ['another clone', (session: Session) => session.goals.chooseClone()],
  ])('is not taken for what it was after %s', async (_, meanwhile) => {
    const { backend, session } = await toClone({
      keys: [data.KEY, data.OLD_KEY],
      clone: { folder: 'f7', where: '~/code/other' },
    });
    await saw(COPY);
    backend.setup.hold.planSubmission = null;
    await meanwhile(session);
    await waitFor(() => expect(session.submitting.submission).toBeNull());
    await session.submitting.copy();
    expect(calls(backend, 'copySubmission')).toHaveLength(0);
  });

  it('is not copied from a folder that changed', async () => {
    const { backend } = await toClone();
    await saw(COPY);
    const changes = { added: [], removed: [], changed: ['plugin.py'], manifestChanged: false };
    const seen = { signatureStale: true, signatureChanged: false, unreadable: false };
    backend.emit({ kind: 'plugin-changed', folder: 'f1', changes, ...seen });
    await saw('Sign before the plugin goes to AiSOC');
    button('Look at the change and sign');
  });

  it('is looked at again when that was stopped', async () => {
    const { backend, session } = await toClone({ hold: { planSubmission: null } });
    await waitFor(() => expect(session.submitting.planning.running).toBe(true));
    await session.submitting.planning.cancel();
    await saw('The plugin and the clone were not looked at');
    delete backend.setup.hold.planSubmission;
    await click('Look again');
    await saw(COPY);
  });

  it('of which a fresh clone will not verify is not copied, and looked at again once that is mended', async () => {
    const { backend } = await toClone({ submission: { ...clone.REWRITTEN, mend: null } });
    await saw(REFUSED);
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
    expect(screen.queryByRole('button', { name: /Copy/ })).toBeNull();
    backend.setup.submission = clone.FIRST_SUBMISSION;
    await click('Look again');
    await saw(COPY);
    expect(calls(backend, 'copySubmission')).toHaveLength(0);
  });

  it('of which a fresh clone will not verify leads to the change that mends it, and then to its file', async () => {
    const { backend } = await toClone({ submission: clone.REWRITTEN });
    await click('Add a line to .gitattributes…');
    const dialog = screen.getByRole('dialog', { name: 'Keep line endings as they are signed' });
    await waitFor(() => expect(dialog.textContent).toContain('added: * -text -filter -ident'));
    expect(calls(backend, 'applyEdit')).toHaveLength(0);
    backend.setup.submission = clone.MENDABLE;
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Make .gitattributes' }));
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'Take .gitattributes along' })).toHaveLength(2));
    expect(calls(backend, 'applyEdit')[0]?.args).toEqual(['f1', 'e5']);
    expect(headline()).toBe(REFUSED);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(calls(backend, 'copySubmission')).toHaveLength(0);
  });

  it('of which a fresh clone verifies with a chosen file leads to it, and takes it along', async () => {
    const { backend } = await toClone({ submission: clone.MENDABLE });
    await saw(REFUSED);
    const wish = { remove: false, include: ['.gitattributes'] };
    const notice = screen.getByRole('region', { name: 'To know before it is copied' });
    expect(within(notice).getAllByRole('button')).toHaveLength(1);
    const [above, below] = screen.getAllByRole('button', { name: 'Take .gitattributes along' });
    expect(notice.contains(above ?? null)).toBe(true);
    await fireEvent.click(below as HTMLElement);
    await saw('Copy 8 files into your clone of AiSOC');
    expect(screen.getByRole('region', { name: /^8 files/ }).textContent).toContain('chosen, not signed');
    await click('Copy 8 files into the clone');
    await click('Run this script');
    await saw('Ready to commit: the index lists your plugin');
    expect(calls(backend, 'planSubmission').map(({ args }) => args[3])).toEqual([NOTHING, wish]);
    expect(calls(backend, 'copySubmission')[0]?.args[3]).toEqual(wish);
    expect(calls(backend, 'runIndexScript')[0]?.args[3]).toEqual(wish);
  });

  it('takes along what is chosen, and no more once it is not', async () => {
    const { backend } = await toClone();
    const box = (name: RegExp) => screen.getByRole<HTMLInputElement>('checkbox', { name });
    await waitFor(() => box(/notes\.txt/));
    expect(screen.getAllByRole<HTMLInputElement>('checkbox').some(({ checked }) => checked)).toBe(false);
    expect(box(/docs\/latest.*symlink/).disabled).toBe(true);
    const notes = box(/notes\.txt/);
    notes.focus();
    await fireEvent.click(notes);
    await saw('Copy 8 files into your clone of AiSOC');
    // Neither the box nor focus goes away while it is looked at again.
    expect(document.activeElement).toBe(notes);
    expect(notes.checked).toBe(true);
    await fireEvent.click(box(/screenshot/));
    await saw('Copy 9 files into your clone of AiSOC');
    await fireEvent.click(notes);
    await saw('Copy 8 files into your clone of AiSOC');
    expect(calls(backend, 'planSubmission').map(({ args }) => (args[3] as SubmissionWish).include)).toEqual([
      [],
      ['notes.txt'],
      ['docs/screenshot.png', 'notes.txt'],
      ['docs/screenshot.png'],
    ]);
  });

  it('stays as it was where a chosen file cannot go along', async () => {
    const { backend, session } = await toClone();
    await waitFor(() => screen.getByRole('checkbox', { name: /notes\.txt/ }));
    backend.setup.fail = { planSubmission: clone.SECRET };
    const notes = screen.getByRole<HTMLInputElement>('checkbox', { name: /notes\.txt/ });
    await fireEvent.click(notes);
    const summary = await waitFor(() => screen.getByRole('region', { name: 'What goes along stays as it was' }));
    expect(summary.textContent).toContain('AWS access key');
    expect(notes.checked).toBe(false);
    expect(headline()).toBe(COPY);
    backend.setup.fail = {};
    await click('Copy 7 files into the clone');
    await saw(RUN);
    expect(calls(backend, 'copySubmission')[0]?.args[3]).toEqual(NOTHING);
    expect(session.submitting.include).toEqual([]);
  });

  it('of which it cannot be told whether a fresh clone verifies is never called ready', async () => {
    const { session } = await toClone({ submission: clone.UNTOLD });
    await waitFor(() => screen.getByRole('region', { name: /cannot be told/ }));
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await saw('In the clone, and not to be committed like this');
    screen.getByRole('region', { name: 'What stands against a commit' });
    expect(screen.queryByRole('region', { name: 'The commands for the commit' })).toBeNull();
    expect(entryTask(session)?.status).toBe('ready');
  });

  it('leads to handing over where the author builds the index', async () => {
    const { backend, session } = await toClone({ noScript: clone.NO_PYTHON });
    await click('Copy 7 files into the clone');
    await waitFor(() => screen.getByRole('region', { name: 'Why the script cannot be run from here' }));
    await click('I build the index myself');
    await saw('The plugin is in the clone; its index is yours to build');
    const next = screen.getByRole('region', { name: 'What happens next' });
    expect(within(next).getByText('Build the index in the clone')).toBeTruthy();
    const commands = screen.getByRole('region', { name: 'The commands, line by line' }).textContent;
    expect(commands).toContain('python3 scripts/build_marketplace.py &&');
    expect(calls(backend, 'runIndexScript')).toHaveLength(0);
    expect(entryTask(session)?.status).toBe('done');
    // The one that was made before there was an index.
    await click('Save all of it…');
    await waitFor(() => expect(calls(backend, 'saveKit').map(({ args }) => args)).toEqual([['p2']]));
  });
});

describe('the clone’s script', () => {
  it('that changed meanwhile is not run, and shown again', async () => {
    const { backend } = await toClone({ scriptNow: { ...clone.SCRIPT, shown: 'another' } });
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await waitFor(() => screen.getByRole('region', { name: /^The script changed while you looked/ }));
    expect(headline()).toBe(RUN);
    await click('Run this script');
    await saw('Ready to commit: the index lists your plugin');
    expect(calls(backend, 'runIndexScript').map((call) => call.args[4])).toEqual([clone.SCRIPT.shown, 'another']);
  });

  it('that changed more than the item is said to, and can be run again', async () => {
    const { backend, session } = await toClone({ built: clone.DRIFTED });
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await saw('The index is not as it should be');
    const differs = screen.getByRole('region', { name: 'What differs' });
    expect(within(differs).getAllByRole('listitem')).toHaveLength(2);
    expect(screen.queryByRole('region', { name: 'The commands for the commit' })).toBeNull();
    expect(entryTask(session)?.status).toBe('ready');
    backend.setup.built = clone.BUILT;
    await click('Run the script again');
    await saw('Ready to commit: the index lists your plugin');
  });

  it('of a newer version is said to have made what nobody compared', async () => {
    await toClone({ built: clone.NEWER });
    await click('Copy 7 files into the clone');
    await click('Run this script');
    const item = await waitFor(() => screen.getByRole('region', { name: 'The plugin’s item: added' }));
    expect(item.textContent).toContain('The item has downloads, which this program does not know');
    screen.getByRole('region', { name: 'Why there are no texts for a pull request' });
    expect(screen.queryByRole('region', { name: 'The pull request' })).toBeNull();
    screen.getByText('Say what the plugin does, and give your key’s fingerprint.');
  });

  it('that failed can be run again', async () => {
    const { backend } = await toClone({ fail: { runIndexScript: clone.SCRIPT_FAILED } });
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await saw('The script did not make the index');
    expect(screen.getByRole('region', { name: 'What happened' }).textContent).toContain('PyYAML');
    expect(screen.queryByRole('region', { name: 'Judged in the clone: verified' })).toBeNull();
    backend.setup.fail = {};
    await click('Run the script again');
    await saw('Ready to commit: the index lists your plugin');
  });

  it('of which not everything is as it should be is nobody’s to call done by hand', async () => {
    const { session } = await toClone({ built: clone.DRIFTED });
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await saw('The index is not as it should be');
    expect(screen.queryByRole('button', { name: 'I run it myself' })).toBeNull();
    session.submitting.byHand = true;
    await saw('The index is not as it should be');
    expect(session.submitting.done).toBe(false);
    await click('Look again');
    await saw('The clone has exactly this plugin');
  });

  it('that is ended is said to be, with both ways on', async () => {
    const { session } = await toClone({ hold: { runIndexScript: null } });
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await waitFor(() => expect(session.submitting.running.running).toBe(true));
    expect(screen.getByRole('button', { name: 'Change where the entry goes' }).ariaDisabled).toBe('true');
    await session.submitting.running.cancel();
    await saw('The script was ended before it was done');
    expect(session.said.text).toBe('The script was ended before it was done.');
    expect(screen.queryByRole('region', { name: 'Judged in the clone: verified' })).toBeNull();
    button('Run the script again');
    button('Look again');
  });

  it('is told of when another plugin is open by then', async () => {
    const { backend, session } = await toClone({ plugins: { f1: data.SIGNED_PLUGIN, f2: data.PLUGIN } });
    await click('Copy 7 files into the clone');
    await waitFor(() => button('Run this script'));
    let end: (built: ScriptAnswer) => void = () => {};
    backend.runIndexScript = () => new Promise((resolve) => (end = resolve));
    const run = session.submitting.run();
    await session.open('f2');
    end({ kind: 'ran', built: clone.DRIFTED });
    await run;
    expect(session.elsewhere?.tone).toBe('warn');
    expect(session.elsewhere?.text).toContain('The script made an index that is not as it should be');
  });

  it('gives the commands that its run makes right', async () => {
    await toClone();
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await saw('Ready to commit: the index lists your plugin');
    const commands = screen.getByRole('region', { name: 'The commands for the commit' });
    expect(commands.textContent).toContain('services/api/app/data/marketplace/index.json');
  });
});

/** Goes to another task and back. */
async function away(session: Session) {
  session.go('plugin');
  await saw('Check what will be signed');
  session.go('entry');
}

describe('a clone that somebody comes back to', () => {
  it('is looked at again, and what is not there any more is not called ready', async () => {
    const { backend, session } = await toClone();
    await click('Copy 7 files into the clone');
    await click('Run this script');
    await saw('Ready to commit: the index lists your plugin');
    await away(session);
    await waitFor(() => expect(calls(backend, 'planSubmission').length).toBeGreaterThan(1));
    await saw('Ready to commit: the index lists your plugin');
    // Another branch is checked out meanwhile.
    backend.setup.submission = clone.FIRST_SUBMISSION;
    await away(session);
    await saw(COPY);
    expect(session.facts.entryTaken).toBeNull();
  });
});

describe('every state of the way into a clone', () => {
  const CHOOSE = 'Where does the entry go?';
  const headlines: Record<keyof typeof SUBMISSION_SCENARIOS, string> = {
    'clone-choosing': CHOOSE,
    'clone-refused': CHOOSE,
    'clone-unsigned': 'Sign before the plugin goes to AiSOC',
    'clone-looking': 'Looking at the plugin and the clone',
    'clone-taken': 'This cannot be submitted as it is',
    'clone-first': COPY,
    'clone-second': 'Copy 3 files into your clone of AiSOC',
    'clone-surplus': 'Your clone of AiSOC has 1 file too many',
    'clone-removes': 'Copy 3 files into your clone of AiSOC',
    'clone-rewritten': REFUSED,
    'clone-mending': REFUSED,
    'clone-mendable': REFUSED,
    'clone-mended': 'Copy 8 files into your clone of AiSOC',
    'clone-choice-refused': COPY,
    'clone-untold': COPY,
    'clone-applied': 'The clone has exactly this plugin',
    'clone-hostile': 'Your clone of AiSOC has 1 file too many',
    'clone-copying': COPY,
    'clone-stale': 'Copy 3 files into your clone of AiSOC',
    'clone-not-copied': 'The copying did not end well',
    'clone-script': RUN,
    'clone-no-python': RUN,
    'clone-running': RUN,
    'clone-script-stale': RUN,
    'clone-script-failed': 'The script did not make the index',
    'clone-drifted': 'The index is not as it should be',
    'clone-built': 'Ready to commit: the index lists your plugin',
    'clone-newer': 'Ready to commit: the index lists your plugin',
    'clone-request-saved': 'Ready to commit: the index lists your plugin',
    'clone-by-hand': 'The plugin is in the clone; its index is yours to build',
    'clone-not-ready': 'In the clone, and not to be committed like this',
    'clone-signature-stale': 'Sign before the plugin goes to AiSOC',
  };

  it.each(Object.entries(headlines))('%s is headed by what it shows', async (name, title) => {
    const scenario: Scenario = SCENARIOS[name as keyof typeof headlines];
    const backend = new FakeBackend(scenario.setup);
    const session = new Session(backend);
    // As the program does: the screens ask as well, and before the scenario does.
    render(App, { session });
    await session.start();
    const arranged = scenario.arrange?.(session, backend);
    if (!scenario.setup?.hold) await arranged;
    await saw(title);
  });
});
